namespace DiaOrleans.Grains.Blobs;

/// <summary>The limit of a folder of blobs.</summary>
/// <param name="Megabytes">Megabytes (2^20 bytes) of all blobs.</param>
/// <param name="Setting">Name of the setting, for messages.</param>
/// <param name="DropsOldest">True to delete the oldest blobs for a new one; false to refuse the new one.</param>
public sealed record FolderLimit(long Megabytes, string Setting, bool DropsOldest)
{
    /// <summary>The limit in bytes.</summary>
    public long Bytes => Megabytes << 20;
}

/// <summary>A folder of blobs has reached its limit; nothing has changed.</summary>
/// <param name="folder">Name of the folder.</param>
/// <param name="limit">Its limit.</param>
public sealed class FolderFullException(string folder, FolderLimit limit)
    : IOException($"{folder} has reached its limit of {limit.Megabytes} MB: delete some, or raise {limit.Setting}");
