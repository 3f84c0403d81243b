using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;
using EndedJobsLog = DiaOrleans.Grains.State.EntryLog<
    DiaOrleans.Grains.Jobs.Catalog.EndedJobsHead,
    DiaOrleans.Grains.Jobs.Catalog.EndedJobsPage,
    DiaOrleans.Abstractions.Jobs.EndedJob>;

namespace DiaOrleans.Grains.Jobs.Catalog;

/// <summary>
/// Keeps the ended jobs of a shard in a stored list and in memory. Calls interleave; entries that are added at the same time are one write.
/// Jobs leave the list at its start: those that ended first.
/// </summary>
[GrainType("dia.job-catalog-shard"), Reentrant]
internal sealed class JobCatalogGrain(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    EndedJobRows rows,
    IClusterMembershipService membership,
    TimeProvider time) : Grain, IJobCatalogGrain
{
    private const string StateName = "ended-jobs";
    private const int ClearBatchSize = 64;

    private readonly SemaphoreSlim _clearing = new(1);
    private readonly EndedJobs _jobs = new();
    private readonly Dictionary<Guid, Task> _adding = [];
    private EndedJobsLog _log = null!;
    private RowsGuard _guard = null!;
    private MembershipVersion _checkedAt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _guard = new RowsGuard(this, "The catalogue of jobs");
        _checkedAt = membership.CurrentSnapshot.Version;
        _log = new EndedJobsLog(storage, StateName, FormattableString.Invariant($"{this.GetPrimaryKeyLong()}"));
        await _log.Open(_guard);
        for (var i = 0; i < _log.Count; i++) _jobs.Add(_log[i]);
    }

    public async Task Add(EndedJob job)
    {
        _guard.ThrowIfReadOnly();
        if (_jobs.Contains(job.Id))
        {
            if (_adding.TryGetValue(job.Id, out var adding)) await adding;
            return;
        }

        _jobs.Add(job);
        var added = _guard.Run(() => _log.Append(job));
        _adding.Add(job.Id, added);
        await added;
        _adding.Remove(job.Id);
    }

    public async Task<IReadOnlyList<ListedJob>> List(SpeechStatus? status, int limit)
    {
        await RequireCurrent();
        return _jobs.Newest(status, limit, time.GetUtcNow());
    }

    public async Task<JobCounts> Count(IReadOnlyList<LeasedJob> leased)
    {
        await RequireCurrent();
        LeasedJob[] ended = [.. leased.Where(job => _jobs.Contains(job.Id))];
        var begun = ended.Count(job => job.Begun);
        return _jobs.CountAt(time.GetUtcNow()) + new JobCounts(begun - ended.Length, -begun, 0, 0, 0);
    }

    public async Task<ClearedJobs> ClearBatch(DateTimeOffset? endedBy)
    {
        await RequireCurrent();
        await _clearing.WaitAsync();
        try
        {
            _guard.ThrowIfReadOnly();
            var now = time.GetUtcNow();
            EndedJob[] batch = [.. _jobs.Oldest(endedBy).Take(ClearBatchSize)];
            await rows.Delete(batch.Select(job => job.Id));
            // A crash before this line leaves entries without jobs, which the next batch removes.
            _jobs.Trim(batch.Length);
            await _guard.Run(() => _log.Trim(batch.Length));
            var visible = batch.Count(job => job.Status is not null && !JobRetention.IsExpired(job.EndedAt, now));
            return new ClearedJobs(visible, _jobs.Oldest(endedBy).Any());
        }
        finally
        {
            _clearing.Release();
        }
    }

    public async Task<IReadOnlyList<DateTimeOffset>> Oldest(int limit)
    {
        await RequireCurrent();
        return [.. _jobs.Oldest(null).Take(limit).Select(job => job.EndedAt)];
    }

    /// <summary>After a change of the membership another activation may have taken over.</summary>
    private async Task RequireCurrent()
    {
        _guard.ThrowIfFailed();
        var version = membership.CurrentSnapshot.Version;
        if (version == _checkedAt) return;
        await _guard.RequireCurrent(_log.IsCurrent);
        _checkedAt = version;
    }
}
