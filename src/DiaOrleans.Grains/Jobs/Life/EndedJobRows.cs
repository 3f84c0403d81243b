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
    /// <summary>Rows that are removed at the same time, so that other writes do not wait for long.</summary>
    private const int RowsAtOnce = 32;

    private static readonly ParallelOptions SomeResults = new() { MaxDegreeOfParallelism = 12 };

    /// <summary>
    /// Removes jobs and their results, or what is left of those that were never accepted. A job whose idempotency key is kept leaves a
    /// trace; one that has not ended stays. Idempotent. Runs outside of the caller's turn: the file system may work for long on a file.
    /// </summary>
    /// <exception cref="OrleansException">The store failed, or a row was changed at the same time.</exception>
    public Task Delete(IEnumerable<Guid> jobs) => Task.Run(() => DeleteAll(jobs));

    /// <summary>All are read before the first is removed: then the store has many writes for one transaction.</summary>
    private async Task DeleteAll(IEnumerable<Guid> jobs)
    {
        var rows = await Task.WhenAll(jobs.Select(Read));
        var results = rows.Select(row => row.State.Record?.Job).Where(job => job?.Status.IsFinal() == true).Select(job => job!.Result);
        await Parallel.ForEachAsync(results.OfType<JobResult>(), SomeResults, async (result, stop) => await blobs.Delete(result.Key, stop));
        foreach (var some in rows.Chunk(RowsAtOnce)) await Task.WhenAll(some.Select(Remove));
    }

    private Task Remove(StoredRow<JobState> row)
    {
        if (row.State.Record is not { } record) return row.State.Trace == JobTrace.Abandoned ? row.Clear() : Task.CompletedTask;
        if (!record.Job.Status.IsFinal()) return Task.CompletedTask;
        return record.Keyed && !JobRetention.IsExpired(record.Job.CreatedAt, time.GetUtcNow()) ? LeaveTrace(row) : row.Clear();
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
