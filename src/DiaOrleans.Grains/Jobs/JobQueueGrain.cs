using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// Stores what <see cref="LeaseQueue"/> decides, reads the silos' status from the membership, and wakes waiting runners. It calls no
/// other grain.
/// </summary>
[GrainType("dia.job-queue")]
internal sealed class JobQueueGrain(
    [PersistentState("job-queue", StateStorage.ProviderName)] IPersistentState<JobQueueState> state,
    IClusterMembershipService membership,
    JobOptions options,
    TimeProvider time) : Grain, IJobQueueGrain
{
    private readonly AsyncSignal _changed = new();
    private LeaseQueue _queue = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _queue = new LeaseQueue(state.State, time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task Enqueue(IReadOnlyList<QueuedJob> jobs) => StoreIf(_queue.Enqueue(jobs), wake: true);

    public Task<TimeSpan?> CheckCapacity() =>
        Task.FromResult(_queue.Waiting < options.MaxPendingJobs ? (TimeSpan?)null : RetryAfterEstimate.Compute(_queue));

    public async Task<JobLease?> Take(string owner)
    {
        var lease = _queue.Take(owner, IsAlive, time.GetUtcNow());
        await StoreIf(lease is not null);
        return lease;
    }

    public Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default) =>
        _queue.Waiting > 0 ? Task.CompletedTask : _changed.Next.WaitUpTo(LongPoll.Limit(upTo), time, cancellation);

    public Task<bool> Renew(JobLease lease) => Task.FromResult(_queue.Renew(lease, time.GetUtcNow()));

    public Task Release(JobLease lease) => StoreIf(_queue.Release(lease), wake: true);

    public Task Complete(JobLease lease) => StoreIf(_queue.Complete(lease, time.GetUtcNow()));

    public Task Remove(Guid jobId) => StoreIf(_queue.Remove(jobId));

    /// <summary>
    /// A silo address contains the generation of its process: after a restart the old address is not a member, or is known to be dead.
    /// </summary>
    private bool IsAlive(string owner) =>
        membership.CurrentSnapshot.Members.TryGetValue(SiloAddress.FromParsableString(owner), out var member)
        && member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    private async Task StoreIf(bool changed, bool wake = false)
    {
        if (!changed) return;
        await state.WriteOrDeactivate(this);
        if (wake) _changed.Raise();
    }
}
