using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Finds a worker for a piece of work, the next one if it refuses or does not answer. A background job is offered to the workers of its
/// silo first, other work to the less loaded of two that are chosen at random: so silos whose lists of workers are a second old do not all
/// choose the same one. Workers that were lost lately come last. Waits within limits for a worker whose model is being loaded.
/// </summary>
/// <param name="calls">Calls workers.</param>
/// <param name="roster">All workers.</param>
/// <param name="pools">Chooses the pool of a request.</param>
/// <param name="lost">Workers to avoid.</param>
/// <param name="silo">This silo.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of workers that do not answer.</param>
internal sealed partial class WorkDispatcher(
    WorkerCalls calls,
    WorkerRosterCopy roster,
    WorkerPools pools,
    LostWorkers lost,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<WorkDispatcher> logger)
{
    /// <summary>How long a request waits for a model that is being loaded.</summary>
    public static readonly TimeSpan LoadingLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request waits for the first worker, or for another one than those that refuse it because they stop: a directory that has
    /// just restarted knows all workers within this time.
    /// </summary>
    public static readonly TimeSpan EmptyLimit = WorkerRosterCopy.RestartLimit;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The refusal of workers that do not answer.</summary>
    public static readonly WorkAdmission NoAnswer = new(WorkOutcome.Unavailable, "No worker answers.", RetryAfter);

    /// <summary>Offers work to one worker after another until one admits it, or rejects it for good.</summary>
    /// <param name="model">Name of the model wanted; null for the default pool's.</param>
    /// <param name="priority">Of the work.</param>
    /// <param name="offer">Submits the work to a worker, whose model is loaded.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<WorkAdmission> Dispatch(
        string? model,
        WorkPriority priority,
        Func<WorkerStatus, IWorker, Task<WorkAdmission>> offer,
        CancellationToken stop)
    {
        if (!roster.IsKnown) await roster.Refresh();
        for (var start = time.GetTimestamp(); ;)
        {
            var workers = roster.Workers;
            var choice = Choose(pools.For(workers, model), priority == WorkPriority.Background);
            WorkAdmission? refusal = null;
            if (choice.Ready.Count > 0)
            {
                refusal = await Offer(choice.Ready, offer, stop);
                if (refusal.Outcome is WorkOutcome.Accepted or WorkOutcome.Rejected or WorkOutcome.Busy) return refusal;
            }

            if (choice.Asleep is { } sleeper) await Wake(sleeper);
            if (time.GetElapsedTime(start) >= FindLimit(choice, workers, refusal) || stop.IsCancellationRequested)
                return refusal is { Outcome: WorkOutcome.Unavailable } ? refusal : NoWorker(choice.CanWait);
            await Task.Delay(Pause, time, CancellationToken.None);
            await roster.Refresh();
        }
    }

    /// <summary>
    /// Offers the rest of a piece of work to workers with the same model and kind of device, one after another, until one admits it. Does
    /// not wait for a model that is being loaded.
    /// </summary>
    /// <param name="left">The worker that is lost or silent; this silo avoids it for a while.</param>
    /// <param name="isSilent">Whether it may still go on: then workers that are to be avoided are not tried.</param>
    /// <param name="offer">Submits the work to a worker.</param>
    /// <param name="stop">Ends the offers.</param>
    public async Task<WorkAdmission> OfferToOthers(
        WorkerStatus left,
        bool isSilent,
        Func<WorkerStatus, IWorker, Task<WorkAdmission>> offer,
        CancellationToken stop)
    {
        lost.Add(left.Key);
        if (isSilent) return await Offer(FindOthers(left, worker => !lost.Contains(worker.Key)), offer, stop);
        var others = FindOthers(left, _ => true);
        // One that has become ready a moment ago is not in the copy of the list yet.
        if (others.Count == 0) await roster.Refresh();
        return await Offer(others.Count > 0 ? others : FindOthers(left, _ => true), offer, stop);
    }

    /// <summary>Ready workers with the same model and kind of device, in the order of the offers.</summary>
    private IReadOnlyList<WorkerStatus> FindOthers(WorkerStatus left, Func<WorkerStatus, bool> filter)
    {
        var others = roster.Workers
            .Where(other => other.Key != left.Key && other.Model == left.Model && other.DeviceKind == left.DeviceKind)
            .Where(filter);
        return Choose([.. others]).Ready;
    }

    private static TimeSpan FindLimit(WorkerChoice choice, IReadOnlyList<WorkerStatus> workers, WorkAdmission? refusal)
    {
        if (refusal is { Outcome: WorkOutcome.Unavailable } && refusal != NoAnswer) return choice.CanWait ? EmptyLimit : TimeSpan.Zero;
        if (choice.CanWait) return LoadingLimit;
        return workers.Count == 0 ? EmptyLimit : TimeSpan.Zero;
    }

    private WorkerChoice Choose(IReadOnlyList<WorkerStatus> workers, bool preferOwn = false)
    {
        var choice = WorkerChoice.Among(workers, silo.Name, Random.Shared, preferOwn);
        return choice with { Ready = [.. choice.Ready.OrderBy(worker => lost.Contains(worker.Key))] };
    }

    private async Task<WorkAdmission> Offer(
        IReadOnlyList<WorkerStatus> ready,
        Func<WorkerStatus, IWorker, Task<WorkAdmission>> offer,
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

    private async Task<WorkAdmission> Offer(WorkerStatus status, Func<WorkerStatus, IWorker, Task<WorkAdmission>> offer)
    {
        try
        {
            return await offer(status, calls[status.Key]);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            lost.Add(status.Key);
            Log.NoAnswer(logger, e, status.Key);
            return NoAnswer;
        }
    }

    private async Task Wake(string worker)
    {
        try
        {
            await calls[worker].Wake();
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
        [LoggerMessage(1013, LogLevel.Warning, "Worker {Worker} does not answer; the next one is tried.")]
        public static partial void NoAnswer(ILogger logger, Exception cause, string worker);
    }
}
