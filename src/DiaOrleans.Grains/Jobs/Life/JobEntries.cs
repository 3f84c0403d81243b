using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>The entries of a job in its queue and, once it has ended, in the catalogue.</summary>
/// <param name="grains">Calls both.</param>
/// <param name="job">Id of the job.</param>
/// <param name="logger">Log of the job.</param>
internal sealed partial class JobEntries(IGrainFactory grains, Guid job, ILogger logger)
{
    private bool _isListed;

    /// <summary>Enters the end in the catalogue, unless this activation has done so.</summary>
    public async Task List(EndedJob ended)
    {
        if (!_isListed) await grains.JobCatalog(job).Add(ended);
        _isListed = true;
    }

    /// <summary>Removes the job, which has ended, from its queue. If the call fails, the runner that takes it removes it.</summary>
    public async Task LeaveQueue(string queue)
    {
        try
        {
            await grains.GetGrain<IJobQueueGrain>(queue).Remove(job);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.StillQueued(logger, e, job);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(203, LogLevel.Warning, "The cancelled job {Job} is still in the queue; the runner that takes it removes it.")]
        public static partial void StillQueued(ILogger logger, Exception cause, Guid job);
    }
}
