using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Renews the lease of a run, and cancels the run as soon as its job has ended or another lease holds the job.</summary>
internal sealed class LeaseMonitor(JobLease lease, IJobGrain job, IJobQueueGrain queue, TimeProvider time)
{
    private static readonly TimeSpan RenewPeriod = LeaseQueue.LeaseTime / 3;
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    /// <summary>Ends when <paramref name="run"/> is cancelled, by this monitor or by the run itself. Never throws.</summary>
    public Task Run(CancellationTokenSource run) => Task.WhenAll(RenewLease(run), WaitForEnd(run));

    private async Task RenewLease(CancellationTokenSource run)
    {
        while (await Pause(RenewPeriod, run.Token))
        {
            if (await TryCall(() => queue.Renew(lease)) == false) await run.CancelAsync();
        }
    }

    private async Task WaitForEnd(CancellationTokenSource run)
    {
        while (!run.IsCancellationRequested)
        {
            var mustStop = await TryCall(() => job.WaitForEnd(lease.Token, PollTime, run.Token).WaitAsync(run.Token));
            if (mustStop == true) await run.CancelAsync();
            else if (mustStop is null) await Pause(PauseAfterFault, run.Token);
        }
    }

    /// <summary>
    /// Null if the grain does not answer or the call is cancelled. The run continues then: the fencing token prevents it from changing a
    /// job that it has lost.
    /// </summary>
    private static async Task<bool?> TryCall(Func<Task<bool>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (StorageRetry.IsTransient(e) || e is OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>False if the pause was cancelled.</summary>
    private async Task<bool> Pause(TimeSpan span, CancellationToken stop)
    {
        await Task.Delay(span, time, stop).WaitUpTo(Timeout.InfiniteTimeSpan, time, stop);
        return !stop.IsCancellationRequested;
    }
}
