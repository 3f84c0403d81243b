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
    public void Take(ISpeechEngine engine) => Change(() => (_engine, _state) = (engine, _state == WorkerState.Loading ? WorkerState.Ready : _state));

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

    private static string Reason(WorkerState state) => state switch
    {
        WorkerState.Loading => "The model is still being loaded.",
        WorkerState.Draining => "The server is stopping.",
        _ => "The model could not be loaded.",
    };

    private WorkAdmission Submit(Guid id, Func<ISpeechEngine, (EngineRun? Run, WorkAdmission Answer)> offer)
    {
        EngineRun? run;
        WorkAdmission answer;
        lock (_gate)
        {
            if (Work.Find(id) is not null) return new WorkAdmission(WorkOutcome.Accepted);
            if (_state != WorkerState.Ready) return new WorkAdmission(WorkOutcome.Unavailable, Reason(_state));
            (run, answer) = offer(_engine!);
            if (run is not null) Work.Add(id, run);
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
        Signal();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Work {Work} failed in the engine.")]
        public static partial void WorkFailed(ILogger logger, Exception cause, Guid work);
    }
}
