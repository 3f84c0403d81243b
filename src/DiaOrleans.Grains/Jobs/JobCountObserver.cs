using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Reads the counts of background jobs every <see cref="Period"/>, so that collecting metrics calls no grain.</summary>
internal sealed class JobCountObserver(JobService jobs, DiaMetrics metrics, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                metrics.SetJobs(await jobs.Count());
            }
            catch (Exception problem) when (problem.IsSiloFault())
            {
                // The counts of before stay until the catalogue answers again.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
