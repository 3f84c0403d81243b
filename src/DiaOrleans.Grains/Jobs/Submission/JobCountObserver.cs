using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>
/// Reads the counts of background jobs every <see cref="Period"/>, so that collecting metrics calls no grain, and removes ended jobs
/// beyond the limit.
/// </summary>
internal sealed partial class JobCountObserver(
    JobService jobs,
    IGrainFactory grains,
    JobOptions options,
    DiaMetrics metrics,
    TimeProvider time,
    ILogger<JobCountObserver> logger) : BackgroundService
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
                if (counts.Ended <= options.MaxKeptJobs) continue;
                Log.Removed(logger, await grains.ClearBeyond(options.MaxKeptJobs, stoppingToken), options.MaxKeptJobs);
            }
            catch (Exception problem) when (problem.IsSiloFault())
            {
                // The counts of before stay until the grains answer again.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "{Count} ended jobs beyond the limit of {Limit} were removed.")]
        public static partial void Removed(ILogger logger, int count, int limit);
    }
}
