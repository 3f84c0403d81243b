using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// AAC-LC in ADTS by a child process of ffmpeg: mono, at most 128 kbit/s. Latency: two frames (46 ms at 44.1 kHz), and the start of the
/// process before the first frame.
/// </summary>
/// <param name="program">Path of ffmpeg.</param>
/// <param name="sampleRate">Hz; one of MPEG's nine.</param>
/// <param name="timeout">The longest that one call may wait for the process.</param>
internal sealed class AacEncoder(string program, int sampleRate, TimeSpan timeout) : BlockEncoder(FrameSamples)
{
    private const int FrameSamples = 1024;

    // An AAC frame holds at most 6144 bits per channel.
    private const int MaxBitsPerSample = 6144 / FrameSamples;

    private readonly EncoderProcess _ffmpeg = new(program, Arguments(sampleRate), timeout);

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
        var bitsPerSecond = Math.Min(128000, MaxBitsPerSample * sampleRate).ToString(CultureInfo.InvariantCulture);
        var samples = BitConverter.IsLittleEndian ? "f32le" : "f32be";
        return
        [
            "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error",
            "-probesize", "32", "-analyzeduration", "0", "-f", samples, "-ar", rate, "-ac", "1", "-i", "pipe:0",
            "-c:a", "aac", "-b:a", bitsPerSecond, "-threads", "1",
            "-flags:a", "+bitexact", "-fflags", "+bitexact", "-flush_packets", "1", "-f", "adts", "pipe:1",
        ];
    }
}
