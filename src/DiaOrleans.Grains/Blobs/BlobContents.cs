namespace DiaOrleans.Grains.Blobs;

/// <summary>Reads and writes whole blobs.</summary>
public static class BlobContents
{
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
        await using var stream = await blobs.OpenRead(key, cancellationToken);
        if (stream is null) return null;
        if (stream.Length > maxBytes) throw new IOException($"{key} has {stream.Length} bytes; at most {maxBytes} can be read.");
        var content = new byte[stream.Length];
        try
        {
            await stream.ReadExactlyAsync(content, cancellationToken);
        }
        catch (IOException cause)
        {
            throw new IOException($"{key} cannot be read.", cause);
        }

        return content;
    }
}
