using System.Buffers;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>An encoder that takes samples in blocks of one length; the last block may be shorter.</summary>
/// <param name="blockSize">Samples per block.</param>
internal abstract class BlockEncoder(int blockSize) : IAudioEncoder
{
    private readonly SampleBlocks _blocks = new(blockSize);
    private bool _finished;

    public void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output)
    {
        if (_finished) throw new InvalidOperationException("The stream is finished.");
        while (_blocks.TryFill(ref samples, out var block)) Encode(block);
        Emit(output);
    }

    public void Finish(IBufferWriter<byte> output)
    {
        if (_finished) throw new InvalidOperationException("The stream is finished.");
        _finished = true;
        if (!_blocks.Rest.IsEmpty) Encode(_blocks.Rest);
        End();
        Emit(output);
    }

    public abstract void Dispose();

    /// <summary>Encodes the next block.</summary>
    protected abstract void Encode(ReadOnlySpan<float> block);

    /// <summary>Ends the encoding: no block follows.</summary>
    protected abstract void End();

    /// <summary>Writes the bytes that were encoded since the last call.</summary>
    protected abstract void Emit(IBufferWriter<byte> output);
}
