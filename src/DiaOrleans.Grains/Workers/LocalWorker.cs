using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Inference.Streams;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>One device of this silo: its engine while one is loaded, the worker's state, and its work. Thread-safe.</summary>
/// <param name="key">Key of its grain.</param>
/// <param name="device">Name of the device.</param>
/// <param name="siloChanged">Raised with every change, besides the worker's own signal.</param>
/// <param name="time">Clock of idle time.</param>
/// <param name="logger">Log of failed work.</param>
internal sealed partial class LocalWorker(
    WorkerKey key,
    string device,
    AsyncSignal siloChanged,
    TimeProvider time,
    ILogger<LocalWorker> logger)
{
    /// <summary>An engine that breaks earlier after its load would break again.</summary>
    public static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly AsyncSignal _changed = new();
    private readonly AsyncSignal _stateChanged = new();
    private ISpeechEngine? _engine;
    private WorkerState _state = WorkerState.Loading;
    private long _usedAt = time.GetTimestamp();
    private long _attachedAt;
    private int _number;

    public WorkerKey Key => key;

    public string Device => device;

    public WorkTable Work { get; } = new(time);

    /// <summary>The model; null while none is loaded.</summary>
    public ModelDescription? Model
    {
        get
        {
            lock (_gate) return _engine?.Model;
        }
    }

    /// <summary>Whether its engine goes on; null while there is none, or if it is broken.</summary>
    public EngineProgress? Progress
    {
        get
        {
            lock (_gate) return _engine is { Fault: null } engine ? engine.Progress : null;
        }
    }

    /// <summary>Ends at the next change of state or load. Take it before <see cref="Status"/> is read; then no change is missed.</summary>
    public Task Changed => _changed.Next;

    /// <summary>Ends when the worker is put into another state, like <see cref="Changed"/>.</summary>
    public Task StateChanged => _stateChanged.Next;

    public WorkerStatus Status
    {
        get
        {
            lock (_gate)
            {
                var load = _engine?.Load ?? default;
                return new WorkerStatus
                {
                    Key = key.ToString(),
                    Number = _number,
                    Device = device,
                    State = _state,
                    Slots = _engine?.Slots ?? 0,
                    StepSeconds = _engine?.Progress.Step.TotalSeconds ?? 0,
                    Active = load.Active,
                    Waiting = load.Waiting,
                    BacklogSeconds = load.BacklogSeconds,
                    Model = _engine?.Model.ToFacts(),
                    Busy = !Work.IsEmpty,
                };
            }
        }
    }

    /// <summary>Sets the number that the directory has given.</summary>
    public void SetNumber(int number) => Volatile.Write(ref _number, number);

    /// <summary>Takes the loaded engine. The worker becomes ready unless it is draining.</summary>
    public void Attach(ISpeechEngine engine) => Change(() =>
    {
        _engine = engine;
        _attachedAt = time.GetTimestamp();
        _usedAt = _attachedAt;
        if (_state == WorkerState.Loading) _state = WorkerState.Ready;
    });

    /// <summary>
    /// Falls asleep if there has been no work for <paramref name="idle"/>. Returns the engine, which the caller must dispose of; null
    /// otherwise.
    /// </summary>
    public ISpeechEngine? TryFallAsleep(TimeSpan idle)
    {
        lock (_gate)
        {
            var unused = time.GetElapsedTime(_usedAt) >= idle && Work.IsEmpty;
            if (_state != WorkerState.Ready || !unused || _engine!.Load is not { Active: 0, Waiting: 0 }) return null;
            var engine = _engine;
            _engine = null;
            _state = WorkerState.Asleep;
            return engine;
        }
    }

    /// <summary>
    /// Gives up a broken engine, which the caller must dispose of; null while it works. The model is loaded again, unless the engine
    /// hangs or was loaded less than <see cref="LeastLife"/> ago: then the worker has failed.
    /// </summary>
    public ISpeechEngine? TakeBroken()
    {
        lock (_gate)
        {
            if (_engine is not { Fault: { } fault } engine) return null;
            _engine = null;
            var canReload = !fault.IsStalled && time.GetElapsedTime(_attachedAt) >= LeastLife;
            if (_state != WorkerState.Draining) _state = canReload ? WorkerState.Loading : WorkerState.Failed;
            return engine;
        }
    }

    /// <summary>From asleep to loading. Without effect in other states.</summary>
    public void Wake() => Change(() =>
    {
        if (_state == WorkerState.Asleep) _state = WorkerState.Loading;
    });

    /// <summary>The model did not load.</summary>
    public void Fail() => Change(() => _state = WorkerState.Failed);

    /// <summary>Refuses all work from here on, except that of requests which have begun here and cannot go on elsewhere.</summary>
    public void Drain() => Change(() => _state = WorkerState.Draining);

    /// <summary>Admits or refuses a call of the model.</summary>
    public WorkAdmission Submit(SpeechWork work) => Submit(work.Id, work.MustStay, engine =>
    {
        var answer = engine.TryStart(work.ToCall(engine.Model));
        return (answer.Run, answer.ToAdmission());
    });

    /// <summary>Admits or refuses a recording to be turned into codes.</summary>
    public WorkAdmission Submit(EncodingWork work) => Submit(work.Id, mustStay: false, engine =>
    {
        var answer = engine.TryEncode(work.Samples);
        return (answer.Run, answer.ToAdmission());
    });

    /// <summary>Stops the work if it runs, and forgets it.</summary>
    public void Release(Guid id)
    {
        Work.Release(id);
        Raise();
    }

    private WorkAdmission Submit(Guid id, bool mustStay, Func<ISpeechEngine, (EngineRun? Run, WorkAdmission Answer)> offer)
    {
        EngineRun? run;
        WorkAdmission answer;
        lock (_gate)
        {
            if (Work.Contains(id)) return new WorkAdmission(WorkOutcome.Accepted);
            if (_state != WorkerState.Ready && !(mustStay && _state == WorkerState.Draining)) return RefuseUnready();
            if (_engine is null) return RefuseUnready();
            (run, answer) = offer(_engine);
            if (run is not null) Work.Add(id, run);
            _usedAt = time.GetTimestamp();
        }

        if (run is not null) _ = Watch(id, run);
        return answer;
    }

    /// <summary>Work wakes a worker that fell asleep after its last report.</summary>
    private WorkAdmission RefuseUnready()
    {
        if (_state == WorkerState.Asleep) Wake();
        return _state switch
        {
            WorkerState.Loading => new WorkAdmission(WorkOutcome.Loading, "The model is still being loaded."),
            WorkerState.Draining => new WorkAdmission(WorkOutcome.Unavailable, "The server is stopping."),
            _ => new WorkAdmission(WorkOutcome.Unavailable, "The worker has no model; the server's log says why."),
        };
    }

    private async Task Watch(Guid id, EngineRun run)
    {
        using var span = DiaActivity.Source.StartActivity("engine work");
        span?.SetTag("dia.work.id", id).SetTag("dia.worker", key.ToString());
        Raise();
        await run.Ended.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        span?.SetTag("dia.frames", run.Frames);
        if (run.Failure is { } failure) span?.Fail(failure);
        if (run.Failure is { } cause and not OperationCanceledException) Log.WorkFailed(logger, cause, id);
        lock (_gate) _usedAt = time.GetTimestamp();
        Raise();
    }

    private void Change(Action change)
    {
        lock (_gate) change();
        _stateChanged.Raise();
        Raise();
    }

    private void Raise()
    {
        _changed.Raise();
        siloChanged.Raise();
    }

    private static partial class Log
    {
        [LoggerMessage(1007, LogLevel.Error, "Work {Work} failed in the engine.")]
        public static partial void WorkFailed(ILogger logger, Exception cause, Guid work);
    }
}
