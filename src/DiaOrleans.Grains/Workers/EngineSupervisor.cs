using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// The life of one worker's engine: loaded in the background, reported to the directory each second and after changes, unloaded while
/// idle if the options say so, drained and disposed of when the silo stops.
/// </summary>
internal sealed partial class EngineSupervisor(
    LocalWorker worker,
    ISpeechEngineFactory factory,
    IGrainFactory grains,
    EngineHostOptions options,
    TimeProvider time,
    ILogger<EngineSupervisor> logger)
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Changes of the load within this time share a report: silos read the directory each second.</summary>
    private static readonly TimeSpan ReportPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Work that nobody has read for so long has lost its reader; it does not delay a drain.</summary>
    private static readonly TimeSpan ReaderGrace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopped = new();
    private Task<ISpeechEngine?> _loading = Task.FromResult<ISpeechEngine?>(null);
    private Task _reporting = Task.CompletedTask;

    /// <summary>Starts to load, and returns after the first report.</summary>
    public async Task Start()
    {
        _loading = StartLoading();
        await Report();
        _reporting = Task.Run(KeepReporting, CancellationToken.None);
    }

    /// <summary>
    /// Ends a load, or waits until the requests that have begun have ended, or the limit of the options is over.
    /// </summary>
    public async Task Drain(CancellationToken cancellationToken)
    {
        worker.Drain();
        await _draining.CancelAsync();
        if (!_loading.IsCompleted || await _loading is not { } engine) return;
        using var limit = new CancellationTokenSource(options.DrainLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        if (engine.Load.Active + engine.Load.Waiting is > 0 and var count) Log.Draining(logger, count, options.DrainLimit.TotalSeconds);
        await WaitForRequests(either.Token);
        await engine.DrainAsync(either.Token);
    }

    /// <summary>Ends the reports and disposes of the engine.</summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await _reporting;
        await ((Task)_loading).WaitUpTo(Timeout.InfiniteTimeSpan, time, cancellationToken);
        if (_loading.IsCompleted && await _loading is { } engine) await engine.DisposeAsync();
    }

    /// <summary>
    /// Waits until no request reads its work any more: a request releases the work of a segment when it has submitted that of the next.
    /// </summary>
    private async Task WaitForRequests(CancellationToken limit)
    {
        while (!limit.IsCancellationRequested)
        {
            var change = worker.Changed;
            if (worker.Work.IsLeftFor(ReaderGrace)) return;
            await change.WaitUpTo(ReaderGrace, time, limit);
        }
    }

    // A thread of its own: reading a model blocks for seconds to minutes.
    private Task<ISpeechEngine?> StartLoading() =>
        Task.Factory.StartNew(Load, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<ISpeechEngine?> Load()
    {
        try
        {
            var engine = await factory.Load(worker.Device, _draining.Token);
            worker.Attach(engine);
            Log.Ready(logger, worker.Key.ToString(), worker.Status.Pool);
            return engine;
        }
        catch (OperationCanceledException) when (_draining.IsCancellationRequested)
        {
            return null;
        }
        catch (CheckpointException e)
        {
            worker.Fail();
            Log.NotUsable(logger, e.Message);
            return null;
        }
        catch (Exception e)
        {
            worker.Fail();
            Log.NotLoaded(logger, e);
            return null;
        }
    }

    private async Task KeepReporting()
    {
        while (!_stopped.IsCancellationRequested)
        {
            var change = worker.Changed;
            await SleepOrWake();
            var otherState = worker.StateChanged;
            await Report();
            foreach (var work in worker.Work.ReleaseForgotten()) Log.Forgotten(logger, work);
            await change.WaitUpTo(ReportPeriod, time, _stopped.Token);
            if (change.IsCompleted) await otherState.WaitUpTo(ReportPause, time, _stopped.Token);
        }
    }

    private async Task SleepOrWake()
    {
        if (worker.TakeBroken() is { } broken)
        {
            Log.Broken(logger, worker.Key.ToString(), broken.Fault!.Reason, worker.Status.State);
            _loading = Task.FromResult<ISpeechEngine?>(null);
            await Task.Run(() => Unload(broken));
        }

        // In this order: a load that ends between the two reads has changed the state by the second.
        if (_loading.IsCompleted && worker.Status.State == WorkerState.Loading)
        {
            _loading = StartLoading();
        }
        else if (options.IdleLimit is { } limit && worker.TryFallAsleep(limit) is { } engine)
        {
            _loading = Task.FromResult<ISpeechEngine?>(null);
            await Task.Run(() => Unload(engine));
            Log.Asleep(logger, worker.Key.ToString(), limit.TotalMinutes);
        }
    }

    private static async Task Unload(ISpeechEngine engine)
    {
        await engine.DisposeAsync();
        ProcessMemory.GiveBack();
    }

    private async Task Report()
    {
        try
        {
            worker.SetNumber(await grains.GetGrain<IWorkerDirectoryGrain>(0).Report(worker.Status));
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NotReported(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1009, LogLevel.Critical, "The engine of worker {Worker} is broken: {Reason} The worker is now {State}.")]
        public static partial void Broken(ILogger logger, string worker, string reason, WorkerState state);

        [LoggerMessage(1001, LogLevel.Information, "Worker {Worker} is ready; its pool is {Pool}.")]
        public static partial void Ready(ILogger logger, string worker, string? pool);

        [LoggerMessage(
            1002,
            LogLevel.Error,
            "The model could not be loaded; requests for speech are refused until the server is started again.")]
        public static partial void NotLoaded(ILogger logger, Exception cause);

        [LoggerMessage(
            1008,
            LogLevel.Error,
            "The model cannot be used; requests for speech are refused until the server is started again. {Reason}")]
        public static partial void NotUsable(ILogger logger, string reason);

        [LoggerMessage(
            1003,
            LogLevel.Information,
            "Stopping: {Count} running or waiting requests may go on for {Seconds} s; new ones are refused.")]
        public static partial void Draining(ILogger logger, int count, double seconds);

        [LoggerMessage(1004, LogLevel.Warning, "Work {Work} is stopped: it has not been followed for a minute.")]
        public static partial void Forgotten(ILogger logger, Guid work);

        [LoggerMessage(1005, LogLevel.Warning, "The directory of workers did not take a report; the next one follows in a second.")]
        public static partial void NotReported(ILogger logger, Exception cause);

        [LoggerMessage(
            1006,
            LogLevel.Information,
            "Worker {Worker} has had no work for {Minutes} minutes: its model is unloaded, and loaded again for the next request.")]
        public static partial void Asleep(ILogger logger, string worker, double minutes);
    }
}
