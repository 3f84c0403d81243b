using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>Cancels a run as soon as its job has ended or another lease holds the job, and tells the job how far the run is.</summary>
internal sealed class RunWatch(JobLease lease, IJobGrain job, TimeProvider time)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromSeconds(0.5);

    /// <summary>Ends when <paramref name="run"/> is cancelled, by this watch or by the run itself. Never throws.</summary>
    public async Task WaitForEnd(CancellationTokenSource run)
    {
        while (!run.IsCancellationRequested)
        {
            var mustStop = await TryCall(() => job.WaitForEnd(lease.Token, PollTime, run.Token).WaitAsync(run.Token));
            if (mustStop == true) await run.CancelAsync();
            else if (mustStop is null) await Pause(PauseAfterFault, run.Token);
        }
    }

    /// <summary>Reports twice a second until <paramref name="stop"/>. Never throws.</summary>
    /// <param name="progress">Reads how far the run is, 0 to 1.</param>
    /// <param name="stop">Ends the reports.</param>
    public async Task Report(Func<double> progress, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await TryCall(async () =>
            {
                await job.Report(lease.Token, progress()).WaitAsync(stop);
                return true;
            });
            await Pause(ProgressPeriod, stop);
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

    private async Task Pause(TimeSpan span, CancellationToken stop) =>
        await Task.Delay(span, time, stop).WaitUpTo(Timeout.InfiniteTimeSpan, time, stop);
}
