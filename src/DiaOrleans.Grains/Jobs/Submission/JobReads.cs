using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Jobs for requests; see <see cref="StoredReads"/>. The progress of a run is not stored: it begins at 0 then.</summary>
internal sealed class JobReads(JobService jobs, IGrainFactory grains, StoredReads reads, TimeProvider time)
{
    /// <summary>The job; null if there is none or its retention time is over.</summary>
    public async Task<Job?> Find(Guid id) => (await FindRevision(id))?.Job;

    /// <summary>The job with the number of its state; null if there is none or its retention time is over.</summary>
    public Task<JobRevision?> FindRevision(Guid id) => reads.Read(
        grains.GetGrain<IJobGrain>(id),
        () => jobs.Watch(id, known: 0, TimeSpan.Zero, CancellationToken.None),
        () => ReadStored(id));

    /// <summary>As <see cref="Find"/>, for a job that has probably ended: if it has, its row is read without its grain.</summary>
    public async Task<Job?> FindEnded(Guid id) =>
        await ReadStored(id) is { Job: { } job } && job.Status.IsFinal() ? job : await Find(id);

    private async Task<JobRevision?> ReadStored(Guid id)
    {
        var stored = await reads.ReadState<JobState>(grains.GetGrain<IJobGrain>(id), JobStateRow.Name);
        if (stored.Record is not { } record || record.Job.IsExpired(time.GetUtcNow())) return null;
        var changes = new JobChanges(time);
        changes.Begin(record.Job);
        return new JobRevision(changes.Show(record), changes.Revision);
    }
}
