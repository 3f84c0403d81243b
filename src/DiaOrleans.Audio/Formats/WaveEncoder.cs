using System.Buffers;

namespace DiaOrleans.Audio.Formats;

/// <summary>16-bit samples, in WAV after a header. Its sizes are unknown until <see cref="WriteFinalHeader"/>.</summary>
/// <param name="headerRate">Sample rate in the WAV header, Hz; null writes no header (PCM).</param>
internal sealed class WaveEncoder(int? headerRate) : IAudioEncoder, IFinalHeader
{
    private const int BlockSamples = 4096;

    private bool _started = headerRate is null;
    private long _dataBytes;

    public void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output)
    {
        Start(output);
        while (!samples.IsEmpty)
        {
            var block = samples[..Math.Min(samples.Length, BlockSamples)];
            var bytes = block.Length * sizeof(short);
            WaveFile.WriteSamples(block, output.GetSpan(bytes)[..bytes]);
            output.Advance(bytes);
            _dataBytes += bytes;
            samples = samples[block.Length..];
        }
    }

    public void Finish(IBufferWriter<byte> output) => Start(output);

    public void WriteFinalHeader(Span<byte> file)
    {
        if (headerRate is not { } rate) return;
        if (_dataBytes > uint.MaxValue - WaveFile.HeaderSize) throw new AudioEncodingException("A WAV file holds at most 4 GiB.");
        WaveFile.WriteHeader(file, rate, (uint)_dataBytes);
    }

    public void Dispose()
    {
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (_started) return;
        _started = true;
        WaveFile.WriteHeader(output.GetSpan(WaveFile.HeaderSize), headerRate!.Value, null);
        output.Advance(WaveFile.HeaderSize);
    }
}
