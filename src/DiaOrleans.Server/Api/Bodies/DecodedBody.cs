using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>A request's body as it was before its client compressed it.</summary>
/// <param name="decoder">Decodes the body as it arrives; disposed of with this stream.</param>
/// <param name="encoding">Name of the encoding, for messages.</param>
internal sealed class DecodedBody(Stream decoder, string encoding) : Stream
{
    private long _decoded;

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
    /// <exception cref="ApiProblem">
    /// 400: the data is damaged or incomplete. 413: it has more than <see cref="BodyOptions.MaxBytes"/> when decoded.
    /// </exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await decoder.ReadAsync(buffer, cancellationToken);
            _decoded += read;
            return _decoded <= BodyOptions.MaxBytes ? read : throw ApiProblem.BodyTooLarge();
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // Brotli's decoder throws the latter.
            throw ApiProblem.BadRequest($"The request body is not valid {encoding} data");
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
    public override async ValueTask DisposeAsync()
    {
        await decoder.DisposeAsync();
        await base.DisposeAsync();
    }
}
