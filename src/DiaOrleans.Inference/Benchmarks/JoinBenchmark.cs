using System.Diagnostics;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>
/// Times calls that continue a recording: the first audio of one alone, and how long its entry delays the steps of a call that speaks.
/// </summary>
public static class JoinBenchmark
{
    private const int TalkerSteps = 40;

    private const string Text =
        "[S1] The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry to go home again "
        + "on that grey morning. The lamp is still on, and the door is open. [S1]";

    /// <summary>Loads a model, lets it speak the recording, and measures. Quantised weights are made in a temporary folder.</summary>
    /// <param name="model">The model; its device, precision and slots are replaced.</param>
    /// <param name="device">Device and precision; of several GPUs the first is measured.</param>
    /// <param name="promptSeconds">Seconds of the recording.</param>
    /// <param name="rounds">Calls alone, and calls beside another one.</param>
    /// <exception cref="CheckpointException">The folder holds no checkpoint that can be served.</exception>
    public static async Task<JoinBenchmarkResult> Run(ModelOptions model, DeviceRequest device, double promptSeconds, int rounds)
    {
        var choice = DeviceChoice.Make(device with { OneGpu = true });
        var cache = Directory.CreateTempSubdirectory("dia-bench-").FullName;
        try
        {
            var options = model with { Device = choice.Devices[0], Precision = choice.Precision, CacheFolder = cache, Slots = 2 };
            return await Measure(options, promptSeconds, rounds);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static async Task<JoinBenchmarkResult> Measure(ModelOptions options, double promptSeconds, int rounds)
    {
        var steps = new StepTimes();
        await using var engine = SpeechEngine.Open(options, NullLogger<SpeechEngine>.Instance, observer: steps);
        var recording = await MakeRecording(engine, promptSeconds);
        var alone = new List<double>();
        var longest = new List<double>();
        var usual = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            alone.Add(await FirstAudio(engine, Call(engine, round, recording)));
            var talker = engine.TryStart(Call(engine, round)).Run!;
            while (talker.Frames < TalkerSteps) await Task.Delay(1);
            steps.Clear();
            await FirstAudio(engine, Call(engine, round, recording));
            var gaps = steps.Gaps();
            longest.Add(gaps[^1]);
            usual.Add(gaps[gaps.Count / 2]);
            talker.Cancel();
            await talker.Ended;
        }

        return new JoinBenchmarkResult(
            Median(alone),
            Median(usual),
            Median(longest),
            recording.Rows / engine.Model.FrameRate,
            engine.Model.Name,
            engine.Model.Precision);
    }

    private static async Task<CodeGrid> MakeRecording(SpeechEngine engine, double seconds)
    {
        var frames = (int)(seconds * engine.Model.FrameRate);
        var run = engine.TryStart(Call(engine, seed: 7) with { MaxFrames = frames }).Run!;
        var cells = new List<short>();
        await foreach (var made in run.ReadEvents().OfType<EngineEvent.CodesMade>()) cells.AddRange(made.Codes.Cells);
        return new CodeGrid([.. cells], cells.Count / run.Frames);
    }

    /// <summary>Milliseconds from the submission to the first samples; the call is stopped then.</summary>
    private static async Task<double> FirstAudio(SpeechEngine engine, SpeechCall call)
    {
        var started = Stopwatch.GetTimestamp();
        var run = engine.TryStart(call).Run!;
        await run.ReadEvents().OfType<EngineEvent.SamplesMade>().FirstAsync();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        run.Cancel();
        await run.Ended;
        return took;
    }

    private static SpeechCall Call(SpeechEngine engine, long seed, CodeGrid? recording = null) => new()
    {
        TextIds = TextIds.Encode(Text),
        MaxFrames = engine.Model.MaxNewFrames - (recording?.Rows ?? 0),
        Seed = seed,
        Prompt = recording,
    };

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>When steps began and ended.</summary>
    private sealed class StepTimes : IEngineObserver
    {
        private readonly Lock _lock = new();
        private readonly List<double> _gaps = [];
        private long _ended;

        public void StepCompleted(int calls, TimeSpan duration)
        {
            var now = Stopwatch.GetTimestamp();
            lock (_lock)
            {
                if (_ended != 0) _gaps.Add((Stopwatch.GetElapsedTime(_ended, now) - duration).TotalMilliseconds);
                _ended = now;
            }
        }

        public void Clear()
        {
            lock (_lock) _gaps.Clear();
        }

        /// <summary>Milliseconds between the end of a step and the start of the next one, in order of length.</summary>
        public List<double> Gaps()
        {
            lock (_lock) return [.. _gaps.Order()];
        }
    }
}
