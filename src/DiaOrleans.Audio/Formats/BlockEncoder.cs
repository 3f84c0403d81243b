using System.Buffers;
using DiaOrleans.Audio.Blocks;

namespace DiaOrleans.Audio.Formats;

/// <summary>Hands samples on in blocks of one length; the last may be shorter.</summary>
internal abstract class BlockEncoder(int blockSize) : IAudioEncoder
{
    private readonly SampleBlocks _blocks = new(blockSize);
    private bool _finished;

    public void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output)
    {
        if (_finished) throw new InvalidOperationException("The stream was finished.");
        while (_blocks.TryFill(ref samples, out var block)) Encode(block);
        Emit(output);
    }

    public void Finish(IBufferWriter<byte> output)
    {
        if (_finished) throw new InvalidOperationException("The stream was finished.");
        _finished = true;
        if (!_blocks.Rest.IsEmpty) Encode(_blocks.Rest);
        End();
        Emit(output);
    }

    public abstract void Dispose();

    /// <summary>Takes the next block.</summary>
    protected abstract void Encode(ReadOnlySpan<float> block);

    /// <summary>Nothing follows.</summary>
    protected abstract void End();

    /// <summary>Writes what has been encoded since.</summary>
    protected abstract void Emit(IBufferWriter<byte> output);
}
