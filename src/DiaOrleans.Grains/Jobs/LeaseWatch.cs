using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Beside a run: renews its lease, and stops it as soon as its job has ended or somebody else has it.</summary>
internal sealed class LeaseWatch(JobLease lease, IJobGrain job, IJobQueueGrain queue, TimeProvider time)
{
    private static readonly TimeSpan RenewPeriod = LeaseQueue.LeaseTime / 3;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    /// <summary>Ends when <paramref name="run"/> is cancelled, by itself or by the run. Never throws.</summary>
    public Task Run(CancellationTokenSource run) => Task.WhenAll(Renew(run), WaitForEnd(run));

    private async Task Renew(CancellationTokenSource run)
    {
        while (await Sleep(RenewPeriod, run.Token))
        {
            if (!await Asked(() => queue.Renew(lease), otherwise: true)) await run.CancelAsync();
        }
    }

    private async Task WaitForEnd(CancellationTokenSource run)
    {
        while (!run.IsCancellationRequested)
        {
            var trouble = false;
            if (await Asked(() => job.WaitForEnd(lease.Token, AskAgain, run.Token).WaitAsync(run.Token), otherwise: false, () => trouble = true)) await run.CancelAsync();
            else if (trouble) await Sleep(AfterTrouble, run.Token);
        }
    }

    /// <summary>A grain that does not answer changes nothing: the fencing token keeps a run that goes on from doing harm.</summary>
    private static async Task<bool> Asked(Func<Task<bool>> ask, bool otherwise, Action? trouble = null)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (StorageRetry.IsPassing(e) || e is OperationCanceledException)
        {
            trouble?.Invoke();
            return otherwise;
        }
    }

    private async Task<bool> Sleep(TimeSpan span, CancellationToken stop)
    {
        await Task.Delay(span, time, stop).EndedOr(Timeout.InfiniteTimeSpan, time, stop);
        return !stop.IsCancellationRequested;
    }
}
