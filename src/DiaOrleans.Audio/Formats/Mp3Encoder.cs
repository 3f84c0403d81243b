using System.Buffers;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// MP3 by libmp3lame: mono at a constant 128 kbit/s; 64 kbit/s, the maximum of the format, below 16 kHz. Latency: two frames (52 ms at 44.1
/// kHz).
/// </summary>
internal sealed class Mp3Encoder : BlockEncoder, IFinalHeader
{
    private const int FrameSamples = 1152;

    // lame.h: the output of one call is at most 1.25 * samples + 7200 bytes.
    private const int MaxOutputBytes = FrameSamples * 5 / 4 + 7200;

    private readonly LameHandle _lame;
    private readonly ArrayBufferWriter<byte> _encoded = new(MaxOutputBytes);

    /// <summary>Creates an encoder.</summary>
    /// <param name="sampleRate">Hz; one of MPEG's nine.</param>
    /// <param name="whole">True starts the file with a frame for its length, which <see cref="WriteFinalHeader"/> fills.</param>
    /// <exception cref="AudioEncodingException">libmp3lame fails or does not support the rate.</exception>
    public Mp3Encoder(int sampleRate, bool whole)
        : base(FrameSamples)
    {
        _lame = LibLame.Init();
        if (_lame.IsInvalid) throw new AudioEncodingException("libmp3lame did not create an encoder.");
        LibLame.SetInputRate(_lame, sampleRate);
        LibLame.SetOutputRate(_lame, sampleRate);
        LibLame.SetChannels(_lame, 1);
        LibLame.SetMode(_lame, LibLame.Mono);
        LibLame.SetBitRate(_lame, sampleRate < 16000 ? 64 : 128);
        LibLame.SetQuality(_lame, 2);
        LibLame.SetWriteInfoFrame(_lame, whole ? 1 : 0);
        LibLame.SetWriteId3(_lame, 0);
        if (LibLame.InitParameters(_lame) >= 0) return;
        _lame.Dispose();
        throw new AudioEncodingException($"libmp3lame does not encode {sampleRate} Hz.");
    }

    public unsafe void WriteFinalHeader(Span<byte> file)
    {
        Span<byte> frame = stackalloc byte[2880];
        fixed (byte* bytes = frame)
        {
            var length = (int)LibLame.GetInfoFrame(_lame, bytes, (nuint)frame.Length);
            if (length > 0 && length <= Math.Min(frame.Length, file.Length)) frame[..length].CopyTo(file);
        }
    }

    public override void Dispose() => _lame.Dispose();

    protected override unsafe void Encode(ReadOnlySpan<float> block)
    {
        fixed (float* samples = block)
        fixed (byte* bytes = _encoded.GetSpan(MaxOutputBytes))
        {
            Take(LibLame.Encode(_lame, samples, samples, block.Length, bytes, MaxOutputBytes));
        }
    }

    protected override unsafe void End()
    {
        fixed (byte* bytes = _encoded.GetSpan(MaxOutputBytes)) Take(LibLame.Flush(_lame, bytes, MaxOutputBytes));
    }

    protected override void Emit(IBufferWriter<byte> output)
    {
        output.Write(_encoded.WrittenSpan);
        _encoded.ResetWrittenCount();
    }

    private void Take(int written)
    {
        if (written < 0) throw new AudioEncodingException($"libmp3lame failed with {written}.");
        _encoded.Advance(written);
    }
}
