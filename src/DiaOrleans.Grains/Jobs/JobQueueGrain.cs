using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Stores what <see cref="LeaseQueue"/> decides, asks the membership who is alive, and wakes runners. It calls no grain.</summary>
[GrainType("dia.job-queue")]
internal sealed class JobQueueGrain(
    [PersistentState("job-queue", StateStorage.ProviderName)] IPersistentState<JobQueueState> state,
    IClusterMembershipService membership,
    JobOptions options,
    TimeProvider time) : Grain, IJobQueueGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private TaskCompletionSource _changed = NewSignal();
    private LeaseQueue _queue = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _queue = new LeaseQueue(state.State, time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task Enqueue(IReadOnlyList<QueuedJob> jobs) => StoreIf(_queue.Enqueue(jobs), wake: true);

    public Task<TimeSpan?> FindRoom() => Task.FromResult(_queue.Waiting < options.MaxPendingJobs ? (TimeSpan?)null : Backlog.RetryAfter(_queue));

    public async Task<JobLease?> Take(string owner)
    {
        var lease = _queue.Take(owner, IsAlive, time.GetUtcNow());
        await StoreIf(lease is not null);
        return lease;
    }

    public Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default) =>
        _queue.Waiting > 0 ? Task.CompletedTask : _changed.Task.EndedOr(upTo < LongestWait ? upTo : LongestWait, time, cancellation);

    public Task<bool> Renew(JobLease lease) => Task.FromResult(_queue.Renew(lease, time.GetUtcNow()));

    public Task Release(JobLease lease) => StoreIf(_queue.Release(lease), wake: true);

    public Task Done(JobLease lease) => StoreIf(_queue.Done(lease, time.GetUtcNow()));

    public Task Remove(Guid jobId) => StoreIf(_queue.Remove(jobId));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An address names one run of one silo: after a restart the old one is not among the members, or is known to be dead.</summary>
    private bool IsAlive(string owner) =>
        membership.CurrentSnapshot.Members.TryGetValue(SiloAddress.FromParsableString(owner), out var member)
        && member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    private async Task StoreIf(bool changed, bool wake = false)
    {
        if (!changed) return;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Memory and store may differ now: the next call gets an activation that has read the store.
            DeactivateOnIdle();
            throw;
        }

        if (wake) Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }
}
