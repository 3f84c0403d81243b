using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>Cancels a run as soon as its job has ended or another lease holds the job, and tells the job how far the run is.</summary>
/// <param name="lease">The lease of the run.</param>
/// <param name="job">Its job.</param>
/// <param name="time">Clock of pauses and limits.</param>
internal sealed class RunWatch(JobLease lease, IJobGrain job, TimeProvider time)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(2);

    private string? _call;
    private int _frames;

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
    public async Task Report(ISpeechRendering rendering, CancellationToken stop)
    {
        while (true)
        {
            await Pause(ProgressPeriod, stop);
            if (stop.IsCancellationRequested) return;
            await ReportOnce(rendering, Task.CompletedTask);
        }
    }

    /// <summary>Reports. Never throws.</summary>
    /// <param name="rendering">The rendering.</param>
    /// <param name="begun">The call that tells the job that the run has begun, before which it takes no report.</param>
    public async Task ReportOnce(ISpeechRendering rendering, Task begun)
    {
        await begun.WaitUpTo(ReportLimit, time);
        var fresh = rendering.NewCodes(_call, _frames);
        var kept = 0;
        await TryCall(async () =>
        {
            kept = await job.Report(lease.Token, new RunReport(rendering.Progress, fresh)).WaitAsync(ReportLimit, time);
            return true;
        });
        // After a failure, or if the job was read again meanwhile, all codes of the call are sent.
        _call = fresh?.Part.Call ?? _call;
        _frames = fresh is null ? _frames : kept;
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
