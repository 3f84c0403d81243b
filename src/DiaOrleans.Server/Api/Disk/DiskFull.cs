using DiaOrleans.Grains.Blobs;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Api.Disk;

/// <summary>Recognises failures whose cause is a full disk.</summary>
internal static class DiskFull
{
    private const int DatabaseFull = 13;

    /// <summary>A sentence for the client, if a full disk is the cause; else null.</summary>
    public static string? Find(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is FolderFullException) return $"{FullDisk.Sentence}: {cause.Message}";
            if (cause is SqliteException { SqliteErrorCode: DatabaseFull } || FullDisk.Is(cause)) return FullDisk.Sentence;
        }

        return null;
    }
}
