using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Finds a worker for a piece of work: the least loaded first, the next one where it refuses, and one that is loading or asleep within limits.</summary>
internal sealed partial class WorkDispatcher(IGrainFactory grains, TimeProvider time, ILogger<WorkDispatcher> logger)
{
    /// <summary>How long a request waits for a model that is being loaded.</summary>
    public static readonly TimeSpan LoadingPatience = TimeSpan.FromSeconds(30);

    /// <summary>A directory that has just moved to another silo has heard of all workers within this time.</summary>
    public static readonly TimeSpan EmptyPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Lets <paramref name="offer"/> hand its work to one worker after another until one takes it, or rejects it for good.</summary>
    public async Task<WorkAdmission> Dispatch(Func<ModelFacts, IGpuWorkerGrain, Task<WorkAdmission>> offer, CancellationToken stop)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            var choice = WorkerChoice.Among(workers);
            // A worker that falls asleep after it reported says so itself, and wakes.
            if (choice.Ready.Count > 0 && await Offer(choice.Ready, offer, stop) is { Outcome: not WorkOutcome.Loading } answer) return answer;
            if (choice.Asleep is { } sleeper) await Wake(sleeper);
            var patience = choice.OneComes ? LoadingPatience : workers.Count == 0 ? EmptyPatience : TimeSpan.Zero;
            if (time.GetElapsedTime(start) >= patience || stop.IsCancellationRequested) return NoWorker(choice.OneComes);
            await Task.Delay(LookAgain, time, CancellationToken.None);
        }
    }

    private async Task<WorkAdmission> Offer(IReadOnlyList<WorkerStatus> ready, Func<ModelFacts, IGpuWorkerGrain, Task<WorkAdmission>> offer, CancellationToken stop)
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

    private async Task<WorkAdmission> Offer(WorkerStatus status, Func<ModelFacts, IGpuWorkerGrain, Task<WorkAdmission>> offer)
    {
        try
        {
            return await offer(status.Model!, grains.GetGrain<IGpuWorkerGrain>(status.Key));
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.Lost(logger, e, status.Key);
            return NoWorker(loading: false);
        }
    }

    private async Task Wake(string worker)
    {
        try
        {
            await grains.GetGrain<IGpuWorkerGrain>(worker).Wake();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.Lost(logger, e, worker);
        }
    }

    private static WorkAdmission NoWorker(bool loading) =>
        new(WorkOutcome.Unavailable, loading ? "The model is still being loaded." : "No worker takes requests.", RetryAfter);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Worker {Worker} does not answer; another one is asked.")]
        public static partial void Lost(ILogger logger, Exception cause, string worker);
    }
}
