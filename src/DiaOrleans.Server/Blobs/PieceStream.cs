namespace DiaOrleans.Server.Blobs;

/// <summary>Pieces of memory as one stream that can be read and sought.</summary>
/// <param name="pieces">The pieces, in their order.</param>
internal sealed class PieceStream(IReadOnlyList<ReadOnlyMemory<byte>> pieces) : Stream
{
    private readonly long[] _starts = FindStarts(pieces);
    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _starts[^1];

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _position >= Length) return 0;
        var piece = FindPiece();
        var rest = pieces[piece].Span[(int)(_position - _starts[piece])..];
        if (rest.Length > buffer.Length) rest = rest[..buffer.Length];
        rest.CopyTo(buffer);
        _position += rest.Length;
        return rest.Length;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Where each piece starts, and the length of all.</summary>
    private static long[] FindStarts(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var starts = new long[pieces.Count + 1];
        for (var i = 0; i < pieces.Count; i++) starts[i + 1] = starts[i] + pieces[i].Length;
        return starts;
    }

    /// <summary>The piece that has the byte at the position; an empty piece has none.</summary>
    private int FindPiece()
    {
        var found = Array.BinarySearch(_starts, _position);
        var piece = found < 0 ? ~found - 1 : found;
        while (pieces[piece].IsEmpty) piece++;
        while (_starts[piece] > _position) piece--;
        return piece;
    }
}
