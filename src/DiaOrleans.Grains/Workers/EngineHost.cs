using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Workers;

/// <summary>This silo's engine: loads it beside everything else, reports what it can do to the directory, and drains it when the silo stops.</summary>
public sealed partial class EngineHost : BackgroundService
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private readonly ISpeechEngineFactory _factory;
    private readonly EngineHostOptions _options;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<EngineHost> _logger;
    private readonly WorkTable _work;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Lock _submitting = new();
    private volatile ISpeechEngine? _engine;
    private volatile WorkerState _state = WorkerState.Loading;

    /// <summary>Made by the container.</summary>
    public EngineHost(ISpeechEngineFactory factory, EngineHostOptions options, ILocalSiloDetails silo, IGrainFactory grains, TimeProvider time, ILogger<EngineHost> logger)
    {
        (_factory, _options, _grains, _time, _logger) = (factory, options, grains, time, logger);
        _work = new WorkTable(time);
        Key = WorkerKey.Of(silo.Name, 0);
    }

    /// <summary>Key of the grain that stands before this engine.</summary>
    public string Key { get; }

    /// <summary>What the directory is told.</summary>
    public WorkerStatus Status
    {
        get
        {
            var load = _engine?.Load ?? default;
            return new WorkerStatus
            {
                Key = Key,
                State = _state,
                Active = load.Active,
                Waiting = load.Waiting,
                BacklogSeconds = load.BacklogSeconds,
                Model = _engine is { } engine ? Facts(engine.Model) : null,
            };
        }
    }

    /// <summary>Admits nothing more, and returns when accepted work has ended or the limit is over.</summary>
    public async Task DrainAsync()
    {
        if (_state is WorkerState.Draining) return;
        _state = WorkerState.Draining;
        _changed.Release();
        if (_engine is not { } engine) return;
        using var limit = new CancellationTokenSource(_options.DrainLimit, _time);
        Log.Draining(_logger, engine.Load.Active, engine.Load.Waiting);
        await engine.DrainAsync(limit.Token);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await DrainAsync();
        await base.StopAsync(cancellationToken);
        if (_engine is { } engine) await engine.DisposeAsync();
    }

    internal WorkAdmission Submit(SpeechWork work)
    {
        if (_engine is not { } engine || _state != WorkerState.Ready) return new WorkAdmission(WorkOutcome.Unavailable);
        lock (_submitting)
        {
            if (_work.Find(work.Id) is not null) return new WorkAdmission(WorkOutcome.Accepted);
            var sampling = engine.Model.Sampling with { Guidance = (float)work.Guidance, Temperature = (float)work.Temperature, TopP = (float)work.TopP };
            var admission = engine.TryStart(new SpeechCall { Text = work.Text, MaxFrames = work.MaxFrames, Seed = work.Seed, Sampling = sampling });
            if (admission.Run is { } run) _work.Add(work.Id, run);
            return admission.Refusal switch
            {
                EngineRefusal.None => new WorkAdmission(WorkOutcome.Accepted),
                EngineRefusal.Busy => new WorkAdmission(WorkOutcome.Busy, admission.Reason, admission.RetryAfter),
                EngineRefusal.Draining => new WorkAdmission(WorkOutcome.Unavailable, admission.Reason),
                _ => new WorkAdmission(WorkOutcome.Rejected, admission.Reason),
            };
        }
    }

    internal async Task<WorkProgress> Wait(Guid id, TimeSpan upTo)
    {
        if (_work.Find(id) is not { } run) return new WorkProgress(WorkState.Unknown);
        try
        {
            var clip = await run.Completion.WaitAsync(upTo, _time);
            return new WorkProgress(WorkState.Completed, clip.Codes.Rows, clip.SampleRate, clip.Samples.Length);
        }
        catch (TimeoutException)
        {
            return new WorkProgress(run.Started ? WorkState.Running : WorkState.Waiting, run.Frames);
        }
        catch (OperationCanceledException)
        {
            return new WorkProgress(WorkState.Failed, run.Frames, Error: "The work was stopped.");
        }
        catch (Exception cause)
        {
            // The engine has logged the cause; a client learns only what it may.
            Log.WorkFailed(_logger, id, cause.GetType().Name);
            return new WorkProgress(WorkState.Failed, run.Frames, Error: "The model failed; the server's log says why.");
        }
    }

    internal float[] Samples(Guid id) => _work.Find(id) is { Completion.IsCompletedSuccessfully: true } run ? run.Completion.Result.Samples : [];

    internal void Release(Guid id) => _work.Release(id);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loading = Task.Factory.StartNew(() => Load(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Report();
            _work.ForgetUnclaimed();
            await WaitForChange(stoppingToken);
        }

        await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Load(CancellationToken stopping)
    {
        try
        {
            var engine = await _factory.Load(stopping);
            _engine = engine;
            if (_state == WorkerState.Loading) _state = WorkerState.Ready;
            Log.Ready(_logger, Key, engine.Model.Name);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            _state = WorkerState.Failed;
            Log.LoadFailed(_logger, cause);
        }

        _changed.Release();
    }

    private async Task Report()
    {
        try
        {
            await _grains.GetGrain<IWorkerDirectoryGrain>(0).Report(Status);
        }
        catch (Exception cause) when (cause is OrleansException or TimeoutException)
        {
            Log.ReportFailed(_logger, cause);
        }
    }

    private async Task WaitForChange(CancellationToken stopping)
    {
        using var timer = _time.CreateTimer(_ => _changed.Release(), null, ReportEvery, Timeout.InfiniteTimeSpan);
        try
        {
            await _changed.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop ends.
        }
    }

    private static ModelFacts Facts(ModelDescription model) => new()
    {
        FrameRate = model.FrameRate,
        SampleRate = model.SampleRate,
        MaxTextIds = model.MaxTextIds,
        MaxTextBytes = model.MaxTextBytes,
        MaxNewFrames = model.MaxNewFrames,
        Guidance = model.Sampling.Guidance,
        Temperature = model.Sampling.Temperature,
        TopP = model.Sampling.TopP,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Worker {Key} is ready with {Model}")]
        public static partial void Ready(ILogger logger, string key, string model);

        [LoggerMessage(2, LogLevel.Error, "The model could not be loaded")]
        public static partial void LoadFailed(ILogger logger, Exception cause);

        [LoggerMessage(3, LogLevel.Information, "Draining: {Active} calls run, {Waiting} wait")]
        public static partial void Draining(ILogger logger, int active, int waiting);

        [LoggerMessage(4, LogLevel.Warning, "Work {Id} failed with {Cause}")]
        public static partial void WorkFailed(ILogger logger, Guid id, string cause);

        [LoggerMessage(5, LogLevel.Warning, "The worker directory could not be told how this worker is")]
        public static partial void ReportFailed(ILogger logger, Exception cause);
    }
}
