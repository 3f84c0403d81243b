using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// Stores what <see cref="LeaseQueue"/> decides, segment by segment, and wakes waiting runners. Calls interleave: a decision is made in
/// memory, and the call returns when the segments that it has changed are stored, which is one write for all calls that wait. What can wait
/// is stored with the next write, or <see cref="LateTime"/> later. After a failed write memory and store may differ, so every further call
/// fails and the next activation reads the store.
/// </summary>
[GrainType("dia.job-queue-shard"), Reentrant]
internal sealed partial class JobQueueGrain(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    IClusterMembershipService membership,
    JobOptions options,
    TimeProvider time,
    ILogger<JobQueueGrain> logger) : Grain, IJobQueueGrain
{
    /// <summary>How long a change that nobody waits for is in memory only.</summary>
    public static readonly TimeSpan LateTime = TimeSpan.FromMilliseconds(250);

    private readonly SiloLiveness _silos = new(membership);
    private readonly WorkWaiters _waiters = new(time);
    private QueueRows _rows = null!;
    private LeaseQueue _queue = null!;
    private RowsGuard _guard = null!;
    private LateWrite _late = null!;
    private long _checkedAt;

    private string Key => this.GetPrimaryKeyString();

    private TimeSpan Now => time.GetElapsedTime(0);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _guard = new RowsGuard(this, $"The queue {Key}", _waiters.WakeAll);
        _late = new LateWrite(LateTime, time, StoreRest, failure => Log.NotStored(logger, failure, Key));
        _rows = new QueueRows(storage, Key);
        await _silos.KnowAtLeast(0);
        _checkedAt = _silos.Version;
        var segments = await _rows.Open(_guard);
        _queue = new LeaseQueue(segments, _rows.Newest, _rows.Opened, Now);
    }

    /// <summary>Returns when what is in memory is stored.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        StoreRest().WaitUpTo(Timeout.InfiniteTimeSpan, time, cancellationToken);

    public async Task<JobPlace> Enqueue(Guid job)
    {
        _guard.ThrowIfReadOnly();
        if (Room() is { } wait && !_queue.Contains(job)) return new JobPlace(0, wait);
        var sequence = _queue.Enqueue(job, time.GetUtcNow().UtcTicks, Now);
        await Store();
        return new JobPlace(sequence);
    }

    public Task Confirm(Guid job)
    {
        _guard.ThrowIfReadOnly();
        if (_queue.Confirm(job)) _waiters.WakeOne();
        // The place may have been lost with a queue that was replaced in between.
        if (!_queue.Contains(job)) throw new OrleansException($"Job {job} has no place in the queue {Key}; it must be submitted again.");
        return Task.CompletedTask;
    }

    public async Task Import(IReadOnlyList<QueuedJob> jobs)
    {
        _guard.ThrowIfReadOnly();
        foreach (var job in jobs)
        {
            if (_queue.Import(job, Now)) _waiters.WakeOne();
        }

        await Store();
    }

    public Task<TimeSpan?> CheckCapacity() => Task.FromResult(Room());

    public async Task<IReadOnlyList<JobLease>> Take(JobTaker taker, int limit)
    {
        _guard.ThrowIfReadOnly();
        await _silos.KnowAtLeast(taker.MembershipVersion);
        var taken = _queue.Take(taker.Silo, limit, _silos.IsAlive, Now);
        await StoreOrWait();
        return [.. taken.Select(lease => new JobLease(lease.Job, lease.Token, Key))];
    }

    public Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default) =>
        _queue.HasFree ? Task.CompletedTask : _waiters.Wait(upTo, cancellation);

    public Task<IReadOnlyList<JobLease>> Renew(IReadOnlyList<HeldLease> leases)
    {
        _guard.ThrowIfReadOnly();
        IReadOnlyList<JobLease> lost =
            [.. leases.Where(held => !_queue.Renew(held.Lease.JobId, held.Lease.Token, held.Begun, Now)).Select(held => held.Lease)];
        return Task.FromResult(lost);
    }

    public async Task Release(JobLease lease, TimeSpan pause, long newestToken)
    {
        _guard.ThrowIfReadOnly();
        if (!_queue.Release(lease.JobId, lease.Token, pause, newestToken, Now)) return;
        if (pause <= TimeSpan.Zero) _waiters.WakeOne();
        await Store();
    }

    public async Task Complete(JobLease lease)
    {
        _guard.ThrowIfReadOnly();
        if (_queue.Complete(lease.JobId, lease.Token, Now)) await StoreOrWait();
    }

    public async Task Remove(Guid job)
    {
        _guard.ThrowIfReadOnly();
        if (_queue.Remove(job)) await Store();
    }

    public async Task<IReadOnlyList<ListedJob>> List(SpeechStatus? status, int limit)
    {
        await RequireCurrent();
        return [.. _queue.ListNewest(status).Take(limit)];
    }

    public async Task<IReadOnlyList<ListedJob>> ListOldest(SpeechStatus status, int limit)
    {
        await RequireCurrent();
        return [.. _queue.ListOldest(status).Take(limit)];
    }

    public async Task<int> Shards(int atLeast)
    {
        _guard.ThrowIfFailed();
        if (_rows.Shards >= atLeast) return _rows.Shards;
        _guard.ThrowIfReadOnly();
        await _guard.Run(() => _rows.AddShards(atLeast));
        return _rows.Shards;
    }

    public async Task<QueueCounts> Count()
    {
        await RequireCurrent();
        return new QueueCounts(_queue.Counts, [.. _queue.PerhapsEnded]);
    }

    private TimeSpan? Room()
    {
        var most = (options.MaxPendingJobs - 1) / options.JobQueueShards + 1;
        return _queue.Waiting < most ? null : RetryAfterEstimate.Compute(_queue);
    }

    /// <summary>After a change of the membership another activation may have taken over.</summary>
    private async Task RequireCurrent()
    {
        _guard.ThrowIfFailed();
        var version = _silos.Version;
        if (version == _checkedAt) return;
        await _guard.RequireCurrent(_rows.IsCurrent);
        _checkedAt = version;
    }

    private Task StoreOrWait()
    {
        if (!_queue.Segments.CanWait) return Store();
        if (_queue.Segments.HaveChanged) _late.Begin();
        return Task.CompletedTask;
    }

    private Task StoreRest() => _guard.HasFailed ? Task.CompletedTask : Store();

    private Task Store() => _guard.Run(() => Task.WhenAll(_queue.Segments.TakeChanged().Select(number => _rows.Store(number, _queue))));

    private static partial class Log
    {
        [LoggerMessage(212, LogLevel.Warning, "Changes of the queue {Queue} could not be stored; it is read again.")]
        public static partial void NotStored(ILogger logger, Exception cause, string queue);
    }
}
