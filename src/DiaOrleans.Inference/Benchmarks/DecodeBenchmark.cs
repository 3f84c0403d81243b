using System.Diagnostics;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What is measured: one batch of <paramref name="Streams"/> requests, both guidance rows, sampling included.</summary>
/// <param name="Folder">Checkpoint folder; with <paramref name="RandomWeights"/> its config.json is enough.</param>
/// <param name="Streams">Requests in the batch.</param>
/// <param name="Steps">Measured steps.</param>
/// <param name="Threads">Threads of ONNX Runtime; 0 chooses by the model's size.</param>
/// <param name="RandomWeights">Weights made up from the config's shapes.</param>
public sealed record DecodeBenchmarkOptions(string Folder, int Streams = 1, int Steps = 200, int Threads = 0, bool RandomWeights = false);

/// <summary>What was measured.</summary>
/// <param name="StepMsMedian">Milliseconds a step, the median.</param>
/// <param name="StepMsMin">Milliseconds of the fastest step.</param>
/// <param name="RealTimeFactor">Audio seconds per wall second over all measured steps, all streams together.</param>
/// <param name="Model">Name of the folder.</param>
/// <param name="Precision">Of weights and arithmetic.</param>
/// <param name="Streams">Requests in the batch.</param>
/// <param name="Threads">Threads of ONNX Runtime.</param>
/// <param name="PeakRssMib">Peak resident memory of this process.</param>
public sealed record DecodeBenchmarkResult(double StepMsMedian, double StepMsMin, double RealTimeFactor, string Model, string Precision, int Streams, int Threads, double PeakRssMib);

/// <summary>Times the decoder: a text of 100 bytes, 100 rows in the cache before the first measured step.</summary>
public static class DecodeBenchmark
{
    private const int TextBytes = 100;
    private const int PromptRows = 100;
    private const int WarmUpSteps = 8;
    private const int Seed = 1;

    // Frames per second of descript/dac_44khz, for a folder that names no codec it holds.
    private const double PublishedFrameRate = 44100.0 / 512;

    /// <exception cref="CheckpointException">The folder holds no checkpoint that can be served.</exception>
    public static DecodeBenchmarkResult Run(DecodeBenchmarkOptions options)
    {
        var scratch = Path.Combine(Path.GetTempPath(), $"dia-random-weights-{Guid.NewGuid():N}.bin");
        try
        {
            var checkpoint = options.RandomWeights ? DiaCheckpoint.OpenShapeOnly(options.Folder, scratch, Seed) : DiaCheckpoint.Open(options.Folder);
            var modelOptions = new ModelOptions { Folder = options.Folder, Threads = options.Threads, Slots = options.Streams };
            using var model = DiaModel.Load(checkpoint, codec: null, modelOptions, literal: false, textCapacity: TextBytes);
            var ticks = Measure(model, options);
            Array.Sort(ticks);
            var frameRate = FrameRate(options.Folder);
            return new DecodeBenchmarkResult(
                Milliseconds(ticks[ticks.Length / 2]),
                Milliseconds(ticks[0]),
                options.Streams * ticks.Length / frameRate / (ticks.Sum() / (double)Stopwatch.Frequency),
                Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder))),
                "fp32",
                options.Streams,
                DiaModel.Threads(modelOptions, checkpoint),
                PeakRss());
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    private static long[] Measure(DiaModel model, DecodeBenchmarkOptions options)
    {
        var slots = Enumerable.Range(0, options.Streams).Select(i => new Slot(i, model)).ToArray();
        try
        {
            var ticks = new long[options.Steps];
            for (var step = -WarmUpSteps; step < options.Steps; step++)
            {
                foreach (var slot in slots)
                {
                    if (slot.Grid is not { Finished: false }) slot.Enter(Call(model));
                }

                var started = Stopwatch.GetTimestamp();
                foreach (var slot in slots) slot.Feed();
                model.Decoder.Step();
                foreach (var slot in slots) slot.Advance();
                if (step >= 0) ticks[step] = Stopwatch.GetTimestamp() - started;
            }

            return ticks;
        }
        finally
        {
            foreach (var slot in slots) slot.Dispose();
        }
    }

    /// <summary>A request whose prompt fills the cache. Its text is plain letters; what it says does not matter.</summary>
    private static QueuedCall Call(DiaModel model)
    {
        var room = model.MaxNewFrames(0);
        var prompt = new CodeGrid(Math.Min(PromptRows, room / 2), model.Delay.Channels);
        var random = new Random(Seed);
        for (var row = 0; row < prompt.Rows; row++)
        {
            for (var channel = 0; channel < prompt.Channels; channel++) prompt[row, channel] = (short)random.Next(model.Rules.CodebookSize);
        }

        var ids = Enumerable.Range(0, TextBytes).Select(i => i == 0 ? 1 : 'a' + i % 26).ToArray();
        var call = new SpeechCall { TextIds = ids, MaxFrames = model.MaxNewFrames(prompt.Rows), Seed = Seed, Prompt = prompt };
        return new QueuedCall(new SpeechRun(call), ids, call.MaxFrames, 0);
    }

    private static double FrameRate(string folder)
    {
        try
        {
            var codec = DacConfig.Read(CodecLocator.Find(folder, null));
            return (double)codec.SampleRate / codec.HopLength;
        }
        catch (CheckpointException)
        {
            return PublishedFrameRate;
        }
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private static double PeakRss()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }
}
