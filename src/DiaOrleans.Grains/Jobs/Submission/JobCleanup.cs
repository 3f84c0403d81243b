using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Retention;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Removes jobs whose retention time is over, with their results, and result files that belong to no job.</summary>
internal sealed class JobCleanup(IGrainFactory grains, IBlobStore blobs) : ICleanupStep
{
    /// <inheritdoc/>
    public async Task Run(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await grains.ClearEndedJobs(now - JobRetention.Time, cancellationToken);
        foreach (var blob in await blobs.List(JobResults.Folder, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (JobResults.FindJob(blob.Key) is { } id && await IsOrphan(id, blob.Key)) await blobs.Delete(blob.Key, cancellationToken);
        }
    }

    /// <summary>Whether no job refers to the file: its job is gone, or has ended with the result of another run or without one.</summary>
    private async Task<bool> IsOrphan(Guid id, string key) =>
        await grains.GetGrain<IJobGrain>(id).Get() is not { } job || (job.Status.IsFinal() && job.Result?.Key != key);
}
