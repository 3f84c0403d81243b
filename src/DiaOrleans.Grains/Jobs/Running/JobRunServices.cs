using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>What runs of jobs use.</summary>
/// <param name="Grains">Calls jobs and queues.</param>
/// <param name="Renderer">Makes the audio.</param>
/// <param name="Blobs">Receives the audio.</param>
/// <param name="RetryLimit">For how long a failing write is repeated.</param>
/// <param name="Leases">Renews the leases of this silo.</param>
/// <param name="Time">Clock of renewals and pauses.</param>
/// <param name="Logger">Logger of the runner.</param>
internal sealed record JobRunServices(
    IGrainFactory Grains,
    ISpeechRenderer Renderer,
    IBlobStore Blobs,
    TimeSpan RetryLimit,
    LeaseKeeper Leases,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The job of a lease.</summary>
    public IJobGrain Job(JobLease lease) => Grains.GetGrain<IJobGrain>(lease.JobId);

    /// <summary>The queue of a lease.</summary>
    public IJobQueueGrain Queue(JobLease lease) => Grains.GetGrain<IJobQueueGrain>(lease.Queue);
}
