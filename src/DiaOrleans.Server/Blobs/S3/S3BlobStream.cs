using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Server.Blobs.S3;

/// <summary>
/// The content of an S3 object. If the answer breaks off, it is continued by another one from the same byte, as long as the object is the
/// same.
/// </summary>
internal sealed class S3BlobStream : RemoteBlobStream
{
    /// <summary>Attempts to read one piece.</summary>
    private const int Attempts = 4;

    /// <summary>The store may send nothing for so long.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    private readonly IAmazonS3 _client;
    private readonly string _blob;
    private readonly GetObjectRequest _request;
    private readonly TimeProvider _time;
    private GetObjectResponse? _answer;
    private long _next;

    /// <param name="client">The client.</param>
    /// <param name="blob">Key of the blob, for messages.</param>
    /// <param name="answer">The answer with the whole object, of which nothing has been read.</param>
    /// <param name="time">Clock of the limits.</param>
    public S3BlobStream(IAmazonS3 client, string blob, GetObjectResponse answer, TimeProvider time)
        : base(answer.ContentLength)
    {
        _client = client;
        _blob = blob;
        _request = new GetObjectRequest { BucketName = answer.BucketName, Key = answer.Key, EtagToMatch = answer.ETag };
        _time = time;
        _answer = answer;
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadAt(long position, Memory<byte> buffer, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnce(position, buffer, stop);
            }
            catch (Exception cause) when (S3Failures.IsReplaced(cause))
            {
                throw new BlobReplacedException(_blob);
            }
            catch (Exception cause) when (S3Failures.IsOfStore(cause))
            {
                DropAnswer();
                if (attempt == Attempts || cause is AmazonS3Exception) throw S3Failures.Describe(_blob, "read", cause);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) DropAnswer();
        base.Dispose(disposing);
    }

    private async Task<int> ReadOnce(long position, Memory<byte> buffer, CancellationToken stop)
    {
        if (_next != position) DropAnswer();
        _answer ??= await Limited(limited => Open(position, limited), stop);
        _next = position;
        var read = await Limited(limited => _answer.ResponseStream.ReadAsync(buffer, limited).AsTask(), stop);
        if (read == 0) throw new EndOfStreamException("The answer ends before its length.");
        _next += read;
        return read;
    }

    private Task<GetObjectResponse> Open(long position, CancellationToken stop)
    {
        _request.ByteRange = new ByteRange(position, Length - 1);
        return _client.GetObjectAsync(_request, stop);
    }

    private Task<T> Limited<T>(Func<CancellationToken, Task<T>> work, CancellationToken stop) =>
        TimeLimits.Run(SilenceLimit, _time, work, () => new IOException("The store sends nothing."), stop);

    private void DropAnswer()
    {
        var dropped = _answer;
        _answer = null;
        try
        {
            dropped?.Dispose();
        }
        catch (AmazonClientException)
        {
            // The library takes the tag for an MD5 of the content, which it is not in every store.
        }
    }
}
