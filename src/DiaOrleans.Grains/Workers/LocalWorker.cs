using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>This silo's engine as its grain sees it: what it can do now, and the work it was given. Thread-safe.</summary>
internal sealed partial class LocalWorker(WorkerKey key, TimeProvider time, ILogger<LocalWorker> logger)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISpeechEngine? _engine;
    private WorkerState _state = WorkerState.Loading;
    private long _usedAt = time.GetTimestamp();

    public WorkerKey Key => key;

    public WorkTable Work { get; } = new(time);

    /// <summary>Ends at the next change of state or load. Read it before <see cref="Status"/>, and no change is missed.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

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
                    State = _state,
                    Active = load.Active,
                    Waiting = load.Waiting,
                    BacklogSeconds = load.BacklogSeconds,
                    Model = _engine?.Model.ToFacts(),
                    Busy = !Work.IsEmpty,
                };
            }
        }
    }

    /// <summary>Takes the loaded engine, unless the worker is already draining.</summary>
    public void Take(ISpeechEngine engine) => Change(() =>
        (_engine, _state, _usedAt) = (engine, _state == WorkerState.Loading ? WorkerState.Ready : _state, time.GetTimestamp()));

    /// <summary>Gives the engine up where it has had no work for <paramref name="idle"/>: whoever gets it disposes of it. Null where it has.</summary>
    public ISpeechEngine? FallAsleep(TimeSpan idle)
    {
        lock (_gate)
        {
            if (_state != WorkerState.Ready || time.GetElapsedTime(_usedAt) < idle || !Work.IsEmpty || _engine!.Load is not { Active: 0, Waiting: 0 }) return null;
            var engine = _engine;
            (_engine, _state) = (null, WorkerState.Asleep);
            return engine;
        }
    }

    /// <summary>From asleep to loading.</summary>
    public void Wake() => Change(() => _state = _state == WorkerState.Asleep ? WorkerState.Loading : _state);

    public void Fail() => Change(() => _state = WorkerState.Failed);

    /// <summary>Refuses all work from here on.</summary>
    public void Drain() => Change(() => _state = WorkerState.Draining);

    /// <summary>Admits the work or refuses it. An id that was admitted before is not run again.</summary>
    public WorkAdmission Submit(SpeechWork work) => Submit(work.Id, engine =>
    {
        var answer = engine.TryStart(work.ToCall(engine.Model));
        return (answer.Run, answer.ToAdmission());
    });

    /// <summary>The same for a recording.</summary>
    public WorkAdmission Submit(EncodingWork work) => Submit(work.Id, engine =>
    {
        var answer = engine.TryEncode(work.Samples);
        return (answer.Run, answer.ToAdmission());
    });

    /// <summary>Work as it stands now; marks it as asked about.</summary>
    public WorkProgress Progress(Guid id) =>
        Work.Find(id)?.ToProgress(_engine!.Model.SampleRate) ?? new WorkProgress { State = WorkState.Unknown };

    /// <summary>Stops the work if it runs, and forgets it.</summary>
    public void Release(Guid id)
    {
        Work.Release(id);
        Signal();
    }

    /// <summary>Who offers work to a worker that has just fallen asleep wakes it.</summary>
    private WorkAdmission NotReady()
    {
        if (_state == WorkerState.Asleep) Wake();
        return _state switch
        {
            WorkerState.Loading => new WorkAdmission(WorkOutcome.Loading, "The model is still being loaded."),
            WorkerState.Draining => new WorkAdmission(WorkOutcome.Unavailable, "The server is stopping."),
            _ => new WorkAdmission(WorkOutcome.Unavailable, "The model could not be loaded."),
        };
    }

    private WorkAdmission Submit(Guid id, Func<ISpeechEngine, (EngineRun? Run, WorkAdmission Answer)> offer)
    {
        EngineRun? run;
        WorkAdmission answer;
        lock (_gate)
        {
            if (Work.Find(id) is not null) return new WorkAdmission(WorkOutcome.Accepted);
            if (_state != WorkerState.Ready) return NotReady();
            (run, answer) = offer(_engine!);
            if (run is not null) Work.Add(id, run);
            _usedAt = time.GetTimestamp();
        }

        if (run is not null) _ = Watch(id, run);
        return answer;
    }

    private void Change(Action change)
    {
        lock (_gate) change();
        Signal();
    }

    private void Signal() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async Task Watch(Guid id, EngineRun run)
    {
        Signal();
        await run.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (run.Ended.Exception is { } failure) Log.WorkFailed(logger, failure.GetBaseException(), id);
        lock (_gate) _usedAt = time.GetTimestamp();
        Signal();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Work {Work} failed in the engine.")]
        public static partial void WorkFailed(ILogger logger, Exception cause, Guid work);
    }
}
