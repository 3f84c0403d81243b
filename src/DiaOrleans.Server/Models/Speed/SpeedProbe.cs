using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Models.Speed;

/// <summary>Measures an engine that has nothing else to do: it speaks for a few seconds. Other calls end the measurement.</summary>
/// <param name="time">Clock.</param>
internal sealed class SpeedProbe(TimeProvider time)
{
    private const string Text = "[S1] The rain stopped before the train came to the station. [S2] Nobody had an umbrella.";
    private const int WarmUpFrames = 16;
    private const int MaxFrames = 2000;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest measurement.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Seconds of audio made in a second, codec included; null if another call came, or too little was made.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellation">Ends the measurement, which then returns null.</param>
    public async Task<double?> Measure(ISpeechEngine engine, CancellationToken cancellation)
    {
        // The first run of each graph allocates its memory.
        if (await Speak(engine, WarmUpFrames, cancellation) is null) return null;
        return await Speak(engine, MaxFrames, cancellation);
    }

    private async Task<double?> Speak(ISpeechEngine engine, int maxFrames, CancellationToken cancellation)
    {
        if (engine.Load is not { Active: 0, Waiting: 0 }) return null;
        var call = new SpeechCall
        {
            TextIds = TextIds.Encode(Text),
            MaxFrames = maxFrames,
            Seed = 1,
            Priority = CallPriority.Background,
        };
        var started = time.GetTimestamp();
        if (engine.TryStart(call).Run is not { } run) return null;
        using var stop = cancellation.Register(run.Cancel);
        var progress = Follow(run, started);
        var isAlone = true;
        while (isAlone && !run.Ended.IsCompleted && time.GetElapsedTime(started) < Limit)
        {
            await Task.WhenAny(run.Ended, Task.Delay(Period, time, CancellationToken.None));
            isAlone = engine.Load is { Active: <= 1, Waiting: 0 };
        }

        run.Cancel();
        var made = await progress;
        return isAlone && !cancellation.IsCancellationRequested ? made.ComputeFactor(engine.Model) : null;
    }

    private async Task<Progress> Follow(SpeechRun run, long started)
    {
        var progress = new Progress();
        await foreach (var made in run.ReadEvents())
        {
            var now = time.GetElapsedTime(started).TotalSeconds;
            if (made is EngineEvent.CodesMade codes) progress.AddFrames(codes.FirstFrame + codes.Codes.Rows, now);
            else if (made is EngineEvent.SamplesMade { Samples: var samples }) progress.Samples += samples.Length;
            else if (made is EngineEvent.Completed) progress.CompletedAt = now;
        }

        return progress;
    }

    /// <summary>What a call has made.</summary>
    private sealed class Progress
    {
        private (int Frames, double Time)? _first;
        private (int Frames, double Time) _last;

        public long Samples { get; set; }

        public double? CompletedAt { get; set; }

        public void AddFrames(int frames, double now)
        {
            _first ??= (frames, now);
            _last = (frames, now);
        }

        /// <summary>Of the whole call if it has ended; else of the frames between the first and the last report.</summary>
        public double? ComputeFactor(ModelDescription model)
        {
            if (CompletedAt is { } end) return Samples > 0 ? (double)Samples / model.SampleRate / end : null;
            if (_first is not { } first || _last.Time <= first.Time) return null;
            return (_last.Frames - first.Frames) / model.FrameRate / (_last.Time - first.Time);
        }
    }
}
