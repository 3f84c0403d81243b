using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>
/// Reads the counts of background jobs every <see cref="Period"/>, so that collecting metrics calls no grain, and has ended jobs
/// beyond the limit removed.
/// </summary>
internal sealed class JobCountObserver(
    JobService jobs,
    IGrainFactory grains,
    JobOptions options,
    DiaMetrics metrics,
    TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                var counts = await jobs.Count();
                metrics.SetJobs(counts);
                if (counts.Ended > options.MaxKeptJobs) await grains.GetGrain<IJobTrimGrain>(0).Run().WaitAsync(stoppingToken);
            }
            catch (Exception problem) when (problem.IsSiloFault())
            {
                // The counts of before stay until the grains answer again.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
