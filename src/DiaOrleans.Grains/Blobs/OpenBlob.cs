namespace DiaOrleans.Grains.Blobs;

/// <summary>A blob that is open for reading. Dispose of it.</summary>
/// <param name="content">Its bytes, see <see cref="Content"/>.</param>
/// <param name="size">Bytes.</param>
public sealed class OpenBlob(Stream content, long size) : IAsyncDisposable
{
    /// <summary>
    /// Its bytes from the first one. It can seek, which costs nothing before the next read. Read it asynchronously: it may be on another
    /// machine.
    /// </summary>
    /// <exception cref="BlobReplacedException">On a read: another content has replaced this one, which the store no longer has.</exception>
    /// <exception cref="IOException">On a read: the store cannot be read.</exception>
    public Stream Content => content;

    /// <summary>Bytes.</summary>
    public long Size => size;

    /// <summary>An open blob in memory.</summary>
    public static OpenBlob Of(byte[] bytes) => new(new MemoryStream(bytes, writable: false), bytes.Length);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => content.DisposeAsync();
}

/// <summary>
/// A blob was replaced or deleted while it was read, and the store does not keep the old content. A new read has the new one.
/// </summary>
/// <param name="key">The blob.</param>
public sealed class BlobReplacedException(string key) : IOException($"{key} was replaced or deleted while it was read.");
