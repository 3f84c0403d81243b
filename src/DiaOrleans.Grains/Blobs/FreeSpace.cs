namespace DiaOrleans.Grains.Blobs;

/// <summary>The free space of the disk that the data folder is on.</summary>
public interface IFreeSpace
{
    /// <summary>Bytes that this user can still write; null if the system does not say.</summary>
    long? Bytes { get; }
}

/// <inheritdoc/>
/// <param name="folder">Absolute path of the data folder.</param>
public sealed class FreeSpace(string folder) : IFreeSpace
{
    /// <inheritdoc/>
    public long? Bytes
    {
        get
        {
            try
            {
                return new DriveInfo(folder).AvailableFreeSpace;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return null;
            }
        }
    }
}
