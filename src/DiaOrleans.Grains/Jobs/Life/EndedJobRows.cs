using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// Removes the rows of jobs that have ended, without an activation for each. An activation that has shown such a job reads the row again
/// with its next call (<see cref="JobStateRow"/>), so that no job is shown that is gone. A job that has ended has no other rows.
/// </summary>
/// <param name="storage">The grains' storage.</param>
/// <param name="grains">Knows the keys of the rows.</param>
/// <param name="blobs">Has the results.</param>
/// <param name="time">Clock of the retention of keys.</param>
internal sealed class EndedJobRows(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    IGrainFactory grains,
    IBlobStore blobs,
    TimeProvider time)
{
    /// <summary>
    /// Removes a job and its result, or what is left of one that was never accepted. A job whose idempotency key is kept leaves a trace;
    /// one that has not ended stays. Idempotent.
    /// </summary>
    /// <exception cref="OrleansException">The store failed, or the row was changed at the same time.</exception>
    public async Task Delete(Guid job)
    {
        var row = await Read(job);
        if (row.State.Record is not { } record)
        {
            if (row.State.Trace == JobTrace.Abandoned) await row.Clear();
            return;
        }

        if (!record.Job.Status.IsFinal()) return;
        // The file system may work for long on a file.
        if (record.Job.Result is { } result) await Task.Run(() => blobs.Delete(result.Key));
        if (record.Keyed && !JobRetention.IsExpired(record.Job.CreatedAt, time.GetUtcNow())) await LeaveTrace(row);
        else await row.Clear();
    }

    /// <summary>Removes the trace of a job, whose idempotency key is given up. Idempotent.</summary>
    /// <returns>False if the job exists.</returns>
    /// <exception cref="OrleansException">The store failed, or the row was changed at the same time.</exception>
    public async Task<bool> ForgetKey(Guid job)
    {
        var row = await Read(job);
        if (row.State.Record is not null) return false;
        if (row.State.Trace == JobTrace.Deleted) await row.Clear();
        return true;
    }

    private static Task LeaveTrace(StoredRow<JobState> row)
    {
        row.State.Record = null;
        row.State.Trace = JobTrace.Deleted;
        return row.Write();
    }

    private async Task<StoredRow<JobState>> Read(Guid job)
    {
        var row = new StoredRow<JobState>(storage, JobStateRow.Name, grains.GetGrain<IJobGrain>(job).GetGrainId());
        await row.Read();
        return row;
    }
}
