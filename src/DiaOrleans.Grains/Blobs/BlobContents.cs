namespace DiaOrleans.Grains.Blobs;

/// <summary>Reads and writes whole blobs.</summary>
public static class BlobContents
{
    /// <summary>Reads of one blob at most, if it is replaced again and again.</summary>
    private const int Attempts = 4;

    /// <summary>Stores the content as a blob, see <see cref="IBlobStore.Write"/>.</summary>
    public static Task Write(
        this IBlobStore blobs,
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default) => blobs.Write(key, [content], cancellationToken);

    /// <summary>The content of a blob; null if there is none.</summary>
    /// <exception cref="IOException">The blob has more than <paramref name="maxBytes"/>, or cannot be read.</exception>
    public static async Task<byte[]?> ReadAll(this IBlobStore blobs, string key, int maxBytes, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnce(blobs, key, maxBytes, cancellationToken);
            }
            catch (BlobReplacedException) when (attempt < Attempts)
            {
                // The next attempt reads the new content.
            }
        }
    }

    private static async Task<byte[]?> ReadOnce(IBlobStore blobs, string key, int maxBytes, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenRead(key, cancellationToken);
        if (blob is null) return null;
        if (blob.Size > maxBytes) throw new IOException($"{key} has {blob.Size} bytes; at most {maxBytes} can be read.");
        var bytes = new byte[blob.Size];
        try
        {
            await blob.Content.ReadExactlyAsync(bytes, cancellationToken);
        }
        catch (IOException cause) when (cause is not BlobReplacedException)
        {
            throw new IOException($"{key} cannot be read.", cause);
        }

        return bytes;
    }
}
