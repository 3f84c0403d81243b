using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Jobs for requests; see <see cref="StoredReads"/>. The progress of a run is not stored: it begins at 0 then.</summary>
internal sealed class JobReads(JobService jobs, IGrainFactory grains, StoredReads reads, TimeProvider time)
{
    /// <summary>The job; null if there is none or its retention time is over.</summary>
    public Task<Job?> Find(Guid id)
    {
        var grain = grains.GetGrain<IJobGrain>(id);
        return reads.Read(grain, () => jobs.Find(id), async () =>
        {
            var stored = await reads.ReadState<JobState>(grain, JobStateRow.Name);
            return stored.Record is { } record && !record.Job.IsExpired(time.GetUtcNow()) ? new JobChanges(time).Show(record) : null;
        });
    }
}
