using DiaOrleans.Grains.Blobs;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Api.Disk;

/// <summary>Recognises failures whose cause is a full disk.</summary>
internal static class DiskFull
{
    private const int NoSpaceOnUnix = 28;
    private const int NoQuotaOnLinux = 122;
    private const int HandleDiskFullOnWindows = unchecked((int)0x80070027);
    private const int DiskFullOnWindows = unchecked((int)0x80070070);
    private const int DatabaseFull = 13;

    /// <summary>A sentence for the client, if a full disk is the cause; else null.</summary>
    public static string? Find(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is FolderFullException) return $"Not enough disk space: {cause.Message}";
            if (cause is SqliteException { SqliteErrorCode: DatabaseFull } || (cause is IOException && IsFull(cause.HResult)))
                return "Not enough disk space";
        }

        return null;
    }

    private static bool IsFull(int code) => OperatingSystem.IsWindows()
        ? code is HandleDiskFullOnWindows or DiskFullOnWindows
        : code is NoSpaceOnUnix or NoQuotaOnLinux;
}
