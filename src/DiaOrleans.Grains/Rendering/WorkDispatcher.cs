using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// Finds a worker for a piece of work, the next one if it refuses. A background job is offered to the workers of its silo first, other
/// work to the least loaded. Waits within limits for a worker whose model is being loaded.
/// </summary>
/// <param name="grains">Calls workers and their directory.</param>
/// <param name="silo">This silo.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of workers that do not answer.</param>
internal sealed partial class WorkDispatcher(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<WorkDispatcher> logger)
{
    /// <summary>How long a request waits for a model that is being loaded.</summary>
    public static readonly TimeSpan LoadingLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request waits for the first worker: a directory that has just restarted knows all workers within this time.
    /// </summary>
    public static readonly TimeSpan EmptyLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Offers work to one worker after another until one admits it, or rejects it for good.</summary>
    /// <param name="model">Name of the model wanted; null for any.</param>
    /// <param name="priority">Of the work.</param>
    /// <param name="offer">Submits the work to a worker, whose model is loaded.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<WorkAdmission> Dispatch(
        string? model,
        WorkPriority priority,
        Func<WorkerStatus, IGpuWorkerGrain, Task<WorkAdmission>> offer,
        CancellationToken stop)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            var choice = WorkerChoice.Among(workers, silo.Name, priority == WorkPriority.Background, model);
            if (choice.Ready.Count > 0)
            {
                // A worker that fell asleep after its report wakes with the offer and answers that it is loading.
                var answer = await Offer(choice.Ready, offer, stop);
                if (answer.Outcome != WorkOutcome.Loading) return answer;
            }

            if (choice.Asleep is { } sleeper) await Wake(sleeper);
            if (time.GetElapsedTime(start) >= FindLimit(choice, workers) || stop.IsCancellationRequested) return NoWorker(choice.CanWait);
            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }

    /// <summary>
    /// Offers the rest of a piece of work to workers with the same model and kind of device, one after another, until one admits it. Does
    /// not wait for a model that is being loaded.
    /// </summary>
    /// <param name="lost">The worker that is lost.</param>
    /// <param name="offer">Submits the work to a worker.</param>
    /// <param name="stop">Ends the offers.</param>
    public async Task<WorkAdmission> OfferToOthers(
        WorkerStatus lost,
        Func<WorkerStatus, IGpuWorkerGrain, Task<WorkAdmission>> offer,
        CancellationToken stop)
    {
        try
        {
            var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            var others = workers.Where(other => other.Key != lost.Key && other.Model == lost.Model && other.DeviceKind == lost.DeviceKind);
            return await Offer(WorkerChoice.Among([.. others], silo.Name).Ready, offer, stop);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NoDirectory(logger, e);
            return NoWorker(loading: false);
        }
    }

    private static TimeSpan FindLimit(WorkerChoice choice, IReadOnlyList<WorkerStatus> workers)
    {
        if (choice.CanWait) return LoadingLimit;
        return workers.Count == 0 ? EmptyLimit : TimeSpan.Zero;
    }

    private async Task<WorkAdmission> Offer(
        IReadOnlyList<WorkerStatus> ready,
        Func<WorkerStatus, IGpuWorkerGrain, Task<WorkAdmission>> offer,
        CancellationToken stop)
    {
        var refusal = NoWorker(loading: false);
        foreach (var status in ready)
        {
            if (stop.IsCancellationRequested) break;
            var answer = await Offer(status, offer);
            if (answer.Outcome is WorkOutcome.Accepted or WorkOutcome.Rejected) return answer;
            if (refusal.Outcome is not (WorkOutcome.Busy or WorkOutcome.Loading)) refusal = answer;
        }

        return refusal;
    }

    private async Task<WorkAdmission> Offer(WorkerStatus status, Func<WorkerStatus, IGpuWorkerGrain, Task<WorkAdmission>> offer)
    {
        try
        {
            return await offer(status, grains.GetGrain<IGpuWorkerGrain>(status.Key));
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NoAnswer(logger, e, status.Key);
            return NoWorker(loading: false);
        }
    }

    private async Task Wake(string worker)
    {
        try
        {
            await grains.GetGrain<IGpuWorkerGrain>(worker).Wake();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NoAnswer(logger, e, worker);
        }
    }

    private static WorkAdmission NoWorker(bool loading) =>
        new(WorkOutcome.Unavailable, loading ? "The model is still being loaded." : "No worker takes requests.", RetryAfter);

    private static partial class Log
    {
        [LoggerMessage(506, LogLevel.Warning, "Worker {Worker} does not answer; the next one is tried.")]
        public static partial void NoAnswer(ILogger logger, Exception cause, string worker);

        [LoggerMessage(508, LogLevel.Warning, "The directory of workers does not answer; no other worker is tried.")]
        public static partial void NoDirectory(ILogger logger, Exception cause);
    }
}
