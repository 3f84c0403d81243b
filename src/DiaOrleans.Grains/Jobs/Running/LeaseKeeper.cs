using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Queue;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>
/// Renews the leases of all runs of this silo, with one call a queue. A run stops if its lease is not current, or if its queue is out of
/// reach for so long that the lease must have run out.
/// </summary>
internal sealed class LeaseKeeper(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How often leases are renewed.</summary>
    public static readonly TimeSpan Period = LeaseQueue.LeaseTime / 3;

    private readonly ConcurrentDictionary<JobLease, HeldRun> _held = new();

    /// <summary>Renews a lease until <see cref="Drop"/>.</summary>
    /// <param name="lease">The lease, just taken.</param>
    /// <param name="run">Cancelled if the lease is lost.</param>
    public void Hold(JobLease lease, CancellationTokenSource run) => _held[lease] = new HeldRun(run) { RenewedAt = time.GetTimestamp() };

    /// <summary>The job of a lease is processing.</summary>
    public void Begun(JobLease lease)
    {
        if (_held.TryGetValue(lease, out var held)) held.Begun = true;
    }

    /// <summary>Renews a lease no more.</summary>
    public void Drop(JobLease lease) => _held.TryRemove(lease, out _);

    /// <summary>Renews until <paramref name="stop"/>. Never throws.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stop).WaitUpTo(Timeout.InfiniteTimeSpan, time, stop);
            await RenewAll();
        }
    }

    /// <summary>Renews all leases once.</summary>
    public Task RenewAll() =>
        Task.WhenAll(_held.Keys.GroupBy(lease => lease.Queue).Select(leases => Renew(leases.Key, [.. leases])));

    private async Task Renew(string queue, IReadOnlyList<JobLease> leases)
    {
        var sentAt = time.GetTimestamp();
        var lost = await TryRenew(queue, leases);
        foreach (var lease in leases)
        {
            if (!_held.TryGetValue(lease, out var held)) continue;
            var isLost = lost?.Contains(lease) ?? time.GetElapsedTime(held.RenewedAt) >= LeaseQueue.LeaseTime;
            if (isLost) await Stop(held.Run);
            else if (lost is not null) held.RenewedAt = sentAt;
        }
    }

    private static async Task Stop(CancellationTokenSource run)
    {
        try
        {
            await run.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The run has just ended.
        }
    }

    /// <summary>The leases that are not current; null if the queue does not answer in time.</summary>
    private async Task<IReadOnlyList<JobLease>?> TryRenew(string queue, IReadOnlyList<JobLease> leases)
    {
        try
        {
            HeldLease[] held = [.. leases.Select(lease => new HeldLease(lease, _held.TryGetValue(lease, out var known) && known.Begun))];
            return await grains.GetGrain<IJobQueueGrain>(queue).Renew(held).WaitAsync(Period, time);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            return null;
        }
    }

    private sealed class HeldRun(CancellationTokenSource run)
    {
        public CancellationTokenSource Run => run;

        public long RenewedAt { get; set; }

        public bool Begun { get; set; }
    }
}
