using System.Diagnostics;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>
/// An engine that says how long its last call took, and can answer with a recording of a call: the same events, all at once, so that a
/// request then takes what is not the engine's.
/// </summary>
/// <param name="inner">The engine.</param>
internal sealed class MeasuredEngine(ISpeechEngine inner) : ISpeechEngine
{
    private Task<TimeSpan> _time = Task.FromResult(TimeSpan.Zero);
    private SpeechRun? _last;

    /// <summary>The events that answer all calls; null lets the engine work.</summary>
    public IReadOnlyList<EngineEvent>? Recording { get; set; }

    /// <inheritdoc/>
    public ModelDescription Model => inner.Model;

    /// <inheritdoc/>
    public int Slots => inner.Slots;

    /// <inheritdoc/>
    public EngineLoad Load => inner.Load;

    /// <inheritdoc/>
    public EngineFault? Fault => inner.Fault;

    /// <inheritdoc/>
    public EngineProgress Progress => inner.Progress;

    /// <summary>The time from the admission of the last call to its end.</summary>
    public Task<TimeSpan> ReadTime() => Volatile.Read(ref _time);

    /// <summary>The events of the last call.</summary>
    public ValueTask<List<EngineEvent>> ReadEvents(CancellationToken cancellation) =>
        (_last ?? throw new InvalidOperationException("There was no call.")).ReadEvents(0, cancellation).ToListAsync(cancellation);

    /// <inheritdoc/>
    public EngineAdmission TryStart(SpeechCall call)
    {
        var started = Stopwatch.GetTimestamp();
        var admission = Recording is { } events ? Replay(call, events) : inner.TryStart(call);
        if (admission.Run is not { } run) return admission;
        _last = run;
        var time = run.Ended.ContinueWith(
            _ => Stopwatch.GetElapsedTime(started),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        Volatile.Write(ref _time, time);
        return admission;
    }

    /// <inheritdoc/>
    public EncodingAdmission TryEncode(float[] samples) => inner.TryEncode(samples);

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken limit) => inner.DrainAsync(limit);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Like an engine, it reports from another thread than that of the caller.</summary>
    private static EngineAdmission Replay(SpeechCall call, IReadOnlyList<EngineEvent> events)
    {
        var run = new SpeechRun(call);
        ThreadPool.UnsafeQueueUserWorkItem(_ => Report(run, events), null);
        return new EngineAdmission(run, EngineRefusal.None);
    }

    private static void Report(SpeechRun run, IReadOnlyList<EngineEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened is EngineEvent.Started) run.Start();
            else if (happened is EngineEvent.CodesMade made) run.Append(made.Codes);
            else if (happened is EngineEvent.SamplesMade next) run.Append(next.Samples);
            else if (happened is EngineEvent.Completed end) run.Complete(end.EndedByItself);
        }
    }
}

/// <summary>Loads an engine and measures it.</summary>
/// <param name="inner">Loads it.</param>
internal sealed class MeasuredEngineFactory(ISpeechEngineFactory inner) : ISpeechEngineFactory
{
    private readonly TaskCompletionSource<MeasuredEngine> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The engine when it is loaded.</summary>
    public Task<MeasuredEngine> Loaded => _loaded.Task;

    /// <inheritdoc/>
    public async Task<ISpeechEngine> Load(string device, CancellationToken cancellationToken)
    {
        try
        {
            var engine = new MeasuredEngine(await inner.Load(device, cancellationToken));
            _loaded.TrySetResult(engine);
            return engine;
        }
        catch (Exception e)
        {
            _loaded.TrySetException(e);
            throw;
        }
    }
}
