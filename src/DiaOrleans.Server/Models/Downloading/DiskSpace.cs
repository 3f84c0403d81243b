using DiaOrleans.Grains.Blobs;
using static System.FormattableString;

namespace DiaOrleans.Server.Models.Downloading;

/// <summary>Room on a disk.</summary>
/// <param name="readFree">Bytes that this user may still write to the disk of a folder that exists; null if nobody says.</param>
internal sealed class DiskSpace(Func<string, long?> readFree)
{
    private const double Gigabyte = 1e9;

    /// <summary>The disks of this machine.</summary>
    public static DiskSpace OfMachine { get; } = new(folder => new FreeSpace(folder).Bytes);

    /// <summary>Checks the room for something before it is downloaded.</summary>
    /// <param name="folder">The folder that gets it.</param>
    /// <param name="bytes">Bytes that are still to be written.</param>
    /// <exception cref="DownloadException">There is not enough room.</exception>
    public void Require(string folder, long bytes)
    {
        var free = readFree(FindExisting(folder));
        if (free is null || free >= bytes) return;
        var numbers = Invariant($"{bytes / Gigabyte:0.000} GB are needed and {free.Value / Gigabyte:0.000} GB are free");
        throw new DownloadException(DownloadFault.NoSpace, $"the disk has no room for it: {numbers}");
    }

    private static string FindExisting(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return path;
    }
}
