namespace DiaOrleans.Server.Blobs;

/// <summary>
/// The content of a blob of another machine: its length is known, it is read asynchronously only, and a seek costs nothing before the next
/// read. Not thread-safe.
/// </summary>
/// <param name="size">Bytes of the blob.</param>
internal abstract class RemoteBlobStream(long size) : Stream
{
    private long _position;

    /// <inheritdoc/>
    public sealed override bool CanRead => true;

    /// <inheritdoc/>
    public sealed override bool CanSeek => true;

    /// <inheritdoc/>
    public sealed override bool CanWrite => false;

    /// <inheritdoc/>
    public sealed override long Length => size;

    /// <inheritdoc/>
    public sealed override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => size,
    };

    /// <inheritdoc/>
    public sealed override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = size - _position;
        if (left <= 0 || buffer.IsEmpty) return 0;
        var read = await ReadAt(_position, left < buffer.Length ? buffer[..(int)left] : buffer, cancellationToken);
        _position += read;
        return read;
    }

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not supported: a thread would wait for another machine.</summary>
    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    /// <inheritdoc/>
    public sealed override void Flush()
    {
    }

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Reads from a position.</summary>
    /// <param name="position">Byte of the blob, less than its size.</param>
    /// <param name="buffer">Not empty, and no longer than the rest of the blob.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Bytes that were read, at least one.</returns>
    protected abstract ValueTask<int> ReadAt(long position, Memory<byte> buffer, CancellationToken stop);
}
