using System.Buffers;
using System.Buffers.Binary;

namespace DiaOrleans.Audio.Formats;

/// <summary>FLAC of 16-bit samples by libFLAC. Latency: one frame, 64 to 128 ms.</summary>
internal sealed class FlacEncoder : BlockEncoder
{
    private const int BlockSamples = 1024;

    private readonly FlacHandle _flac;
    private readonly NativeSink _sink = new();
    private readonly bool _whole;
    private readonly byte[] _shorts = new byte[BlockSamples * sizeof(short)];
    private readonly int[] _integers = new int[BlockSamples];
    private bool _ended;

    /// <summary>Creates an encoder.</summary>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="whole">True writes nothing before the end, so that the header holds length and checksum.</param>
    /// <exception cref="AudioEncodingException">libFLAC fails or does not support the rate.</exception>
    public FlacEncoder(int sampleRate, bool whole)
        : base(BlockSamples)
    {
        _whole = whole;
        _flac = LibFlac.New();
        if (_flac.IsInvalid) throw new AudioEncodingException("libFLAC did not create an encoder.");
        LibFlac.SetChannels(_flac, 1);
        LibFlac.SetBits(_flac, 16);
        LibFlac.SetRate(_flac, (uint)sampleRate);
        LibFlac.SetLevel(_flac, 5);
        LibFlac.SetBlockSize(_flac, FrameSamples(sampleRate));
        var status = LibFlac.Start(_flac, _sink, whole);
        if (status == 0) return;
        Dispose();
        throw new AudioEncodingException($"libFLAC does not encode {sampleRate} Hz (status {status}).");
    }

    public override void Dispose()
    {
        // libFLAC finishes an unfinished encoder while it deletes it, and writes to the sink.
        _flac.Dispose();
        _sink.Dispose();
    }

    protected override unsafe void Encode(ReadOnlySpan<float> block)
    {
        WaveFile.WriteSamples(block, _shorts);
        for (var i = 0; i < block.Length; i++)
        {
            _integers[i] = BinaryPrimitives.ReadInt16LittleEndian(_shorts.AsSpan(sizeof(short) * i));
        }

        fixed (int* channel = _integers)
        {
            if (LibFlac.Process(_flac, &channel, (uint)block.Length) == 0) throw Failure();
        }
    }

    protected override void End()
    {
        if (LibFlac.Finish(_flac) == 0) throw Failure();
        _ended = true;
    }

    protected override void Emit(IBufferWriter<byte> output)
    {
        if (!_whole || _ended) _sink.Drain(output);
    }

    private static uint FrameSamples(int sampleRate) => sampleRate switch
    {
        >= 32000 => 4096,
        >= 16000 => 2048,
        _ => 1024,
    };

    private AudioEncodingException Failure() => new($"libFLAC failed in state {LibFlac.State(_flac)}.");
}
