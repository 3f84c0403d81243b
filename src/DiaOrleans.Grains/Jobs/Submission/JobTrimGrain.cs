using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Removes ended jobs beyond the limit. One grain, key 0, so that the silos of a cluster do not do it beside each other.</summary>
[Alias("dia.job-trim")]
internal interface IJobTrimGrain : IGrainWithIntegerKey
{
    /// <summary>Removes what is beyond the limit, or waits for a removal that runs.</summary>
    [Alias("run")]
    Task Run();
}

/// <inheritdoc cref="IJobTrimGrain"/>
[GrainType("dia.job-trim"), Reentrant]
internal sealed partial class JobTrimGrain(JobService jobs, JobOptions options, ILogger<JobTrimGrain> logger) : Grain, IJobTrimGrain
{
    private Task _running = Task.CompletedTask;

    public Task Run()
    {
        if (_running.IsCompleted) _running = Trim();
        return _running;
    }

    private async Task Trim()
    {
        if ((await jobs.Count()).Ended <= options.MaxKeptJobs) return;
        Log.Removed(logger, await GrainFactory.ClearBeyond(options.MaxKeptJobs, CancellationToken.None), options.MaxKeptJobs);
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "{Count} ended jobs beyond the limit of {Limit} were removed.")]
        public static partial void Removed(ILogger logger, int count, int limit);
    }
}
