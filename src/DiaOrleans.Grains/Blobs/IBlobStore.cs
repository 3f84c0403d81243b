namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Storage of files that are too large for grain state: recordings, results, saved outputs. A key is a folder and a name, like
/// <c>audio_prompts/anna.wav</c>; <see cref="BlobKey"/> says which parts are allowed.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Stores the pieces as one blob, replacing one of the same key. A reader sees the old blob or the new one, never a part.
    /// </summary>
    /// <exception cref="ArgumentException">The key is not a folder and a name.</exception>
    /// <exception cref="IOException">The store cannot be written; nothing has changed.</exception>
    Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a blob; null if there is none. If it is replaced or deleted meanwhile, its reader continues with the old content, or gets a
    /// <see cref="BlobReplacedException"/>; never a part of each.
    /// </summary>
    /// <exception cref="ArgumentException">The key is not a folder and a name.</exception>
    /// <exception cref="IOException">The store cannot be read.</exception>
    Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default);

    /// <summary>Describes a blob; null if there is none.</summary>
    /// <exception cref="ArgumentException">The key is not a folder and a name.</exception>
    Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default);

    /// <summary>Deletes a blob; false if there is none.</summary>
    /// <exception cref="ArgumentException">The key is not a folder and a name.</exception>
    Task<bool> Delete(string key, CancellationToken cancellationToken = default);

    /// <summary>Lists all blobs of a folder, in ordinal order of their names.</summary>
    /// <exception cref="ArgumentException">The folder's name is not allowed.</exception>
    Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default);
}

/// <summary>A stored blob.</summary>
/// <param name="Key">Folder and name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="WrittenAt">When it was last written, UTC.</param>
public sealed record BlobInfo(string Key, long Size, DateTimeOffset WrittenAt);
