using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>AAC-LC in ADTS by a child process of ffmpeg: mono, 128 kbit/s at the most. Latency: two frames (46 ms at 44.1 kHz), and before the first the start of the process.</summary>
internal sealed class AacEncoder(string program, int sampleRate, TimeSpan patience) : BlockEncoder(FrameSamples)
{
    private const int FrameSamples = 1024;

    // A frame of AAC holds at most 6144 bits a channel.
    private const int MostBitsPerSample = 6144 / FrameSamples;

    private readonly EncoderProcess _ffmpeg = new(program, Arguments(sampleRate), patience);

    public AacEncoder(int sampleRate)
        : this(Ffmpeg.Program!, sampleRate, TimeSpan.FromSeconds(30))
    {
    }

    public override void Dispose() => _ffmpeg.Dispose();

    protected override void Encode(ReadOnlySpan<float> block) => _ffmpeg.Send(MemoryMarshal.AsBytes(block));

    protected override void End() => _ffmpeg.Finish();

    protected override void Emit(IBufferWriter<byte> output) => _ffmpeg.Drain(output);

    private static string[] Arguments(int sampleRate)
    {
        var rate = sampleRate.ToString(CultureInfo.InvariantCulture);
        var bits = Math.Min(128000, MostBitsPerSample * sampleRate).ToString(CultureInfo.InvariantCulture);
        var samples = BitConverter.IsLittleEndian ? "f32le" : "f32be";
        return
        [
            "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error",
            "-probesize", "32", "-analyzeduration", "0", "-f", samples, "-ar", rate, "-ac", "1", "-i", "pipe:0",
            "-c:a", "aac", "-b:a", bits, "-threads", "1", "-flags:a", "+bitexact", "-fflags", "+bitexact", "-flush_packets", "1", "-f", "adts", "pipe:1",
        ];
    }
}
