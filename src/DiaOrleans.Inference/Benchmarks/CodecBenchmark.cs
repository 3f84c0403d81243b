using System.Diagnostics;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>
/// Times the codec's decoder on random codes: one second after another, each decoded at once; and clips of 8 s in the server's windows.
/// </summary>
public static class CodecBenchmark
{
    private const int ClipSeconds = 8;
    private const int WarmUps = 2;
    private const int Seed = 1;

    /// <summary>Loads the codec of a checkpoint, and measures.</summary>
    /// <param name="folder">Checkpoint folder.</param>
    /// <param name="codecFolder">Codec folder, if the checkpoint has none.</param>
    /// <param name="device">Device and precision; of several GPUs the first is measured.</param>
    /// <param name="repeats">Measured seconds of audio.</param>
    /// <param name="threads">Threads of ONNX Runtime.</param>
    /// <exception cref="CheckpointException">The folder holds no codec.</exception>
    /// <exception cref="ArgumentException">The device or the precision is not available.</exception>
    public static CodecBenchmarkResult Run(string folder, string? codecFolder, DeviceRequest device, int repeats, int threads)
    {
        var choice = DeviceChoice.Make(device with { OneGpu = true });
        var target = ExecutionTarget.Parse(choice.Devices[0], choice.Precision).ForCodec(choice.CodecPrecision);
        using var codec = new Codec(DacCheckpoint.Open(CodecLocator.Find(folder, codecFolder)), target, threads);
        var frames = codec.Config.SampleRate / codec.Config.HopLength;
        var ticks = new long[repeats];
        for (var i = -WarmUps; i < repeats; i++)
        {
            var codes = RandomCodes(codec.Config, frames, Seed + i);
            var started = Stopwatch.GetTimestamp();
            codec.DecodeWindows([new WindowCodes(codes, new FrameRange(0, frames), new SampleRange(0, frames * codec.Config.HopLength))]);
            if (i >= 0) ticks[i] = Stopwatch.GetTimestamp() - started;
        }

        var clips = new long[Math.Max(1, repeats / ClipSeconds)];
        for (var i = 0; i < clips.Length; i++)
        {
            var codes = RandomCodes(codec.Config, frames * ClipSeconds, Seed + i);
            var started = Stopwatch.GetTimestamp();
            codec.Decode(codes);
            clips[i] = (Stopwatch.GetTimestamp() - started) / ClipSeconds;
        }

        return new CodecBenchmarkResult(
            Median(ticks),
            Median(clips),
            frames,
            target.Device.Name,
            target.Precision.Name,
            threads);
    }

    private static double Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks[ticks.Length / 2] * 1000.0 / Stopwatch.Frequency;
    }

    private static CodeGrid RandomCodes(DacConfig config, int frames, int seed)
    {
        var codes = new CodeGrid(frames, config.Codebooks);
        var random = new Random(seed);
        for (var frame = 0; frame < frames; frame++)
        {
            for (var q = 0; q < config.Codebooks; q++) codes[frame, q] = (short)random.Next(config.CodebookSize);
        }

        return codes;
    }
}
