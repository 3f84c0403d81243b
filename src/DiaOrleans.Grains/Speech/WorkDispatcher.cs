using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Speech;

/// <summary>What became of work that was offered to the workers, and which one has it.</summary>
internal readonly record struct Dispatch(WorkAdmission Answer, IGpuWorkerGrain? Worker = null);

/// <summary>Finds a worker for a piece of work: the least loaded first, the next one where it refuses, and a loading one within limits.</summary>
internal sealed partial class WorkDispatcher(IGrainFactory grains, TimeProvider time, ILogger<WorkDispatcher> logger)
{
    /// <summary>How long a request waits for a model that is being loaded.</summary>
    public static readonly TimeSpan LoadingPatience = TimeSpan.FromSeconds(30);

    /// <summary>A directory that has just moved to another silo has heard of all workers within this time.</summary>
    public static readonly TimeSpan EmptyPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Offers the work that <paramref name="plan"/> makes for a worker's model.</summary>
    public async Task<Dispatch> Dispatch(Func<ModelFacts, SpeechPlan> plan, CancellationToken stop)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            var choice = WorkerChoice.Among(workers);
            if (choice.Ready.Count > 0) return await Offer(choice.Ready, plan);
            var patience = choice.OneIsLoading ? LoadingPatience : workers.Count == 0 ? EmptyPatience : TimeSpan.Zero;
            if (time.GetElapsedTime(start) >= patience || stop.IsCancellationRequested) return new Dispatch(NoWorker(choice.OneIsLoading));
            await Task.Delay(LookAgain, time, CancellationToken.None);
        }
    }

    private async Task<Dispatch> Offer(IReadOnlyList<WorkerStatus> ready, Func<ModelFacts, SpeechPlan> plan)
    {
        var refusal = NoWorker(loading: false);
        foreach (var status in ready)
        {
            var planned = plan(status.Model!);
            if (planned.Work is not { } work) return new Dispatch(new WorkAdmission(WorkOutcome.Rejected, planned.Rejection));
            var worker = grains.GetGrain<IGpuWorkerGrain>(status.Key);
            var answer = await Submit(worker, work, status.Key);
            if (answer.Outcome is WorkOutcome.Accepted or WorkOutcome.Rejected) return new Dispatch(answer, worker);
            if (refusal.Outcome != WorkOutcome.Busy) refusal = answer;
        }

        return new Dispatch(refusal);
    }

    private async Task<WorkAdmission> Submit(IGpuWorkerGrain worker, SpeechWork work, string key)
    {
        try
        {
            return await worker.Submit(work);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.Lost(logger, e, key);
            return NoWorker(loading: false);
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
