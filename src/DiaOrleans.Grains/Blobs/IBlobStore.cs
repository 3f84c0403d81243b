namespace DiaOrleans.Grains.Blobs;

/// <summary>
/// Files that are too large for grain state: recordings, results, saved outputs. Keys look like <c>audio_prompts/anna.wav</c>: one folder, one name, see
/// <see cref="BlobKey"/>. The store of a single node is a folder.
/// </summary>
public interface IBlobStore
{
    /// <summary>Stores the pieces as one blob, all or nothing: a reader never sees half of it. Overwrites.</summary>
    Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default);

    /// <summary>Null where there is none. Reads of a blob that is overwritten or deleted meanwhile go on with the old content.</summary>
    Task<Stream?> OpenRead(string key, CancellationToken cancellationToken = default);

    /// <summary>Null where there is none.</summary>
    Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default);

    /// <summary>False where there was none.</summary>
    Task<bool> Delete(string key, CancellationToken cancellationToken = default);

    /// <summary>All blobs of one folder, by name.</summary>
    Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default);
}

/// <summary>A stored blob.</summary>
/// <param name="Key">Folder and name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="WrittenAt">When it was last written, UTC.</param>
public sealed record BlobInfo(string Key, long Size, DateTimeOffset WrittenAt);
