using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A request's body while it arrives, with a time limit that starts at the first read.</summary>
/// <param name="body">The body from the web server.</param>
/// <param name="limit">The time that the whole body may take.</param>
/// <param name="time">The clock of the limit.</param>
internal sealed class ArrivingBody(
    Stream body,
    TimeSpan limit,
    TimeProvider time) : Stream
{
    private CancellationTokenSource? _deadline;

    /// <summary>True after the first read. A client that sends <c>Expect: 100-continue</c> sends its body only then.</summary>
    public bool IsStarted => _deadline is not null;

    /// <summary>True if all of it has been read.</summary>
    public bool Ended { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Received { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="ApiProblem">408: the time limit has passed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _deadline ??= new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline.Token);
        try
        {
            var read = await body.ReadAsync(buffer, either.Token);
            Received += read;
            Ended |= read == 0 && buffer.Length > 0;
            return read;
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ApiProblem.TooSlow();
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read without blocking.");

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _deadline?.Dispose();
        base.Dispose(disposing);
    }
}
