using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Removes jobs that ended over an hour ago, their results, and what attempts wrote that another one overtook.</summary>
public sealed class JobSweep(IGrainFactory grains, IBlobStore blobs)
{
    /// <summary>To be called about once an hour.</summary>
    public async Task Sweep(DateTimeOffset now, CancellationToken cancellation)
    {
        await grains.GetGrain<IJobCatalogGrain>(0).Clear(now - JobKeeping.Time);
        foreach (var blob in await blobs.List(JobResults.Folder, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (JobResults.JobOf(blob.Key) is { } id && await IsOrphan(id, blob.Key)) await blobs.Delete(blob.Key, cancellation);
        }
    }

    private async Task<bool> IsOrphan(Guid id, string key) =>
        await grains.GetGrain<IJobGrain>(id).Get() is not { } job || (job.Status.IsFinal() && job.Result?.Key != key);
}
