using System.Buffers;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Audio.Formats;

/// <summary>16-bit samples as they come, after a header where <paramref name="headerRate"/> is given. Its sizes are unknown before <see cref="CompleteHeader"/>.</summary>
internal sealed class WaveEncoder(int? headerRate) : IAudioEncoder, IHeaderAfterwards
{
    private const int BlockSamples = 4096;

    private bool _begun = headerRate is null;
    private long _dataBytes;

    public void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output)
    {
        Begin(output);
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

    public void Finish(IBufferWriter<byte> output) => Begin(output);

    public void CompleteHeader(Span<byte> file)
    {
        if (headerRate is not { } rate) return;
        if (_dataBytes > uint.MaxValue - WaveFile.HeaderSize) throw new AudioEncodingException("A WAV file holds no more than 4 GiB.");
        WaveFile.WriteHeader(file, rate, (uint)_dataBytes);
    }

    public void Dispose()
    {
    }

    private void Begin(IBufferWriter<byte> output)
    {
        if (_begun) return;
        _begun = true;
        WaveFile.WriteHeader(output.GetSpan(WaveFile.HeaderSize), headerRate!.Value, null);
        output.Advance(WaveFile.HeaderSize);
    }
}
