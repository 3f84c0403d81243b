namespace DiaOrleans.Grains.Blobs;

/// <summary>The free space of the disks that the server stores on.</summary>
public interface IFreeSpace
{
    /// <summary>Bytes that this user can still write, on the disk that has the fewest; null if the system does not say.</summary>
    long? Bytes { get; }
}

/// <inheritdoc/>
/// <param name="folders">Absolute paths of folders, which need not exist.</param>
public sealed class FreeSpace(params string[] folders) : IFreeSpace
{
    /// <inheritdoc/>
    public long? Bytes => folders.Min(Find);

    private static long? Find(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (DriveNotFoundException) when (Path.GetDirectoryName(folder) is { } parent)
        {
            return Find(parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
