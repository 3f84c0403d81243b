using Amazon.S3;
using Amazon.S3.Model;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Server.Blobs.S3;

/// <summary>
/// Blobs as objects of a bucket, with the blob's key as the object's. What the store's client repeats by itself, because the store is busy
/// or does not answer, is not repeated here. Messages of its exceptions, which clients may get, do not name the store.
/// </summary>
/// <param name="client">The client, which this object disposes of.</param>
/// <param name="bucket">Name of the bucket, which must exist.</param>
/// <param name="time">Clock of the limits.</param>
internal sealed class S3BlobStore(IAmazonS3 client, string bucket, TimeProvider time) : IBlobStore, IDisposable
{
    /// <summary>Bytes a second that a write may count on.</summary>
    private const int SlowestBytes = 256 << 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <inheritdoc/>
    public async Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        BlobKey.Split(key);
        await using var content = new PieceStream(pieces);
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            // Signed as a whole: not every store knows the encoding in signed chunks.
            UseChunkEncoding = false,
            ContentType = "application/octet-stream",
        };
        var limit = Limit + TimeSpan.FromSeconds((double)content.Length / SlowestBytes);
        await Call(key, "written", limit, stop => client.PutObjectAsync(request, stop), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default)
    {
        BlobKey.Split(key);
        var request = new GetObjectRequest { BucketName = bucket, Key = key };
        var answer = await FindOrNull(key, "read", stop => client.GetObjectAsync(request, stop), cancellationToken);
        if (answer is null) return null;
        answer.BucketName = bucket;
        answer.Key = key;
        return new OpenBlob(new S3BlobStream(client, key, answer, time), answer.ContentLength);
    }

    /// <inheritdoc/>
    public async Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default)
    {
        BlobKey.Split(key);
        var request = new GetObjectMetadataRequest { BucketName = bucket, Key = key };
        var found = await FindOrNull(key, "read", stop => client.GetObjectMetadataAsync(request, stop), cancellationToken);
        return found is null ? null : new BlobInfo(key, found.ContentLength, ToUtc(found.LastModified));
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(string key, CancellationToken cancellationToken = default)
    {
        // The answer to a deletion is the same whether there was an object or not.
        if (await Find(key, cancellationToken) is null) return false;
        await Call(key, "deleted", Limit, stop => client.DeleteObjectAsync(bucket, key, stop), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default)
    {
        if (!BlobKey.IsSafe(folder)) throw new ArgumentException("A folder of blobs cannot have this name.", nameof(folder));
        var blobs = new List<BlobInfo>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = $"{folder}/" };
        do
        {
            var page = await Call(folder, "read", Limit, stop => client.ListObjectsV2Async(request, stop), cancellationToken);
            // The library leaves an empty list out.
            foreach (var found in page.S3Objects ?? [])
            {
                if (!BlobKey.IsSafe(found.Key[request.Prefix.Length..])) continue;
                blobs.Add(new BlobInfo(found.Key, found.Size ?? 0, ToUtc(found.LastModified)));
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);

        // The store orders by UTF-8, which differs beyond U+FFFF.
        blobs.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return blobs;
    }

    private static DateTimeOffset ToUtc(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : default;

    private async Task<T?> FindOrNull<T>(string key, string verb, Func<CancellationToken, Task<T>> call, CancellationToken stop)
        where T : class
    {
        try
        {
            return await Call(key, verb, Limit, call, stop);
        }
        catch (IOException e) when (e.InnerException is { } cause && S3Failures.IsMissing(cause))
        {
            return null;
        }
    }

    private async Task<T> Call<T>(string what, string verb, TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return await TimeLimits.Run(limit, time, call, () => new IOException($"No answer for {limit.TotalSeconds:F0} s."), stop);
        }
        catch (Exception cause) when (S3Failures.IsOfStore(cause))
        {
            throw S3Failures.Describe(what, verb, cause);
        }
    }
}
