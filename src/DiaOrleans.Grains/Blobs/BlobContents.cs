namespace DiaOrleans.Grains.Blobs;

/// <summary>Whole blobs in one piece.</summary>
public static class BlobContents
{
    /// <summary>As <see cref="IBlobStore.Write"/>.</summary>
    public static Task Write(this IBlobStore blobs, string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        blobs.Write(key, [content], cancellationToken);

    /// <summary>Null where there is none.</summary>
    /// <exception cref="IOException">It has more than <paramref name="maxBytes"/>.</exception>
    public static async Task<byte[]?> ReadAll(this IBlobStore blobs, string key, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenRead(key, cancellationToken);
        if (stream is null) return null;
        if (stream.Length > maxBytes) throw new IOException($"{key} has {stream.Length} bytes; {maxBytes} are read at the most.");
        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }
}
