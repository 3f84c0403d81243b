using System.Buffers;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Audio.Encoding;

/// <summary>16-bit samples as they come, after a header of unknown length where <paramref name="headerRate"/> is given.</summary>
internal sealed class WaveEncoder(int? headerRate) : IAudioEncoder
{
    private bool _begun = headerRate is null;

    public void Write(ReadOnlySpan<float> samples, IBufferWriter<byte> output)
    {
        Begin(output);
        if (samples.IsEmpty) return;
        var bytes = samples.Length * sizeof(short);
        WaveFile.WriteSamples(samples, output.GetSpan(bytes)[..bytes]);
        output.Advance(bytes);
    }

    public void Finish(IBufferWriter<byte> output) => Begin(output);

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
