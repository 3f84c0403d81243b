using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Retention;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Removes jobs that ended over an hour ago, their results, and what attempts wrote that another one overtook.</summary>
internal sealed class JobSweep(IGrainFactory grains, IBlobStore blobs) : ICleanupStep
{
    /// <inheritdoc/>
    public async Task Sweep(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await grains.GetGrain<IJobCatalogGrain>(0).ClearEnded(now - JobRetention.Time, cancellationToken);
        foreach (var blob in await blobs.List(JobResults.Folder, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (JobResults.JobOf(blob.Key) is { } id && await IsOrphan(id, blob.Key)) await blobs.Delete(blob.Key, cancellationToken);
        }
    }

    private async Task<bool> IsOrphan(Guid id, string key) =>
        await grains.GetGrain<IJobGrain>(id).Get() is not { } job || (job.Status.IsFinal() && job.Result?.Key != key);
}
