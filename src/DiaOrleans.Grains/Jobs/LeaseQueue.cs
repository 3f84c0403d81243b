using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// The rules of the queue: order by sequence number, one current lease for a job, tokens that only grow. What must be stored is in
/// <see cref="State"/>; each method says whether it changed that. The expiry of leases is in memory only: a queue that is made from stored
/// state gives every lease its full time.
/// </summary>
internal sealed class LeaseQueue
{
    /// <summary>A lease that is not renewed for this time has expired.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    /// <summary>Weight of the newest job in the mean of <see cref="SecondsPerJob"/>.</summary>
    private const double NewestWeight = 0.2;

    private readonly Dictionary<Guid, DateTimeOffset> _expiresAt = [];
    private readonly Dictionary<Guid, DateTimeOffset> _takenAt = [];

    /// <param name="state">The stored entries; changed in place.</param>
    /// <param name="now">The time from which stored leases hold.</param>
    public LeaseQueue(JobQueueState state, DateTimeOffset now)
    {
        State = state;
        foreach (var entry in state.Entries.Where(entry => entry.Owner is not null)) _expiresAt[entry.Id] = now + LeaseTime;
    }

    public JobQueueState State { get; }

    public int Count => State.Entries.Count;

    /// <summary>Jobs with a lease, expired or not.</summary>
    public int Leased => State.Entries.Count(entry => entry.Owner is not null);

    /// <summary>Jobs without a lease.</summary>
    public int Waiting => Count - Leased;

    /// <summary>Moving average of the seconds from taking a job to its end; null before the first.</summary>
    public double? SecondsPerJob { get; private set; }

    /// <summary>Inserts jobs that are not in the queue. True if the state has changed.</summary>
    public bool Enqueue(IEnumerable<QueuedJob> jobs)
    {
        var known = State.Entries.Select(entry => entry.Id).ToHashSet();
        QueueEntry[] added = [.. jobs.Where(job => known.Add(job.Id)).Select(job => new QueueEntry(job.Id, job.Sequence))];
        if (added.Length == 0) return false;
        State.Entries = [.. State.Entries.Concat(added).OrderBy(entry => entry.Sequence)];
        return true;
    }

    /// <summary>Leases the first job that may be taken. Null if there is none; then the state has not changed.</summary>
    /// <param name="owner">Address of the silo that takes it.</param>
    /// <param name="isAlive">Whether the silo with this address can still renew a lease.</param>
    /// <param name="now">The current time.</param>
    public JobLease? Take(string owner, Func<string, bool> isAlive, DateTimeOffset now)
    {
        var index = State.Entries.FindIndex(entry => IsFree(entry, isAlive, now));
        if (index < 0) return null;
        var taken = State.Entries[index] with { Owner = owner, Token = ++State.LastToken };
        State.Entries[index] = taken;
        _expiresAt[taken.Id] = now + LeaseTime;
        _takenAt[taken.Id] = now;
        return new JobLease(taken.Id, taken.Token);
    }

    /// <summary>Gives a lease its full time. False if it is not current. The state does not change.</summary>
    public bool Renew(JobLease lease, DateTimeOffset now)
    {
        if (FindIndex(lease) < 0) return false;
        _expiresAt[lease.JobId] = now + LeaseTime;
        return true;
    }

    /// <summary>Ends a lease; the job stays. True if the state has changed, false if the lease is not current.</summary>
    public bool Release(JobLease lease)
    {
        if (FindIndex(lease) is not (>= 0 and var index)) return false;
        State.Entries[index] = State.Entries[index] with { Owner = null };
        ForgetTimes(lease.JobId);
        return true;
    }

    /// <summary>Removes a job that has ended. True if the state has changed, false if the lease is not current.</summary>
    public bool Complete(JobLease lease, DateTimeOffset now)
    {
        if (FindIndex(lease) is not (>= 0 and var index)) return false;
        if (_takenAt.TryGetValue(lease.JobId, out var taken)) Measure((now - taken).TotalSeconds);
        State.Entries.RemoveAt(index);
        ForgetTimes(lease.JobId);
        return true;
    }

    /// <summary>Removes a job, leased or not. True if the state has changed.</summary>
    public bool Remove(Guid job)
    {
        ForgetTimes(job);
        return State.Entries.RemoveAll(entry => entry.Id == job) > 0;
    }

    private bool IsFree(QueueEntry entry, Func<string, bool> isAlive, DateTimeOffset now) =>
        entry.Owner is null || _expiresAt.GetValueOrDefault(entry.Id) <= now || !isAlive(entry.Owner);

    /// <summary>Index of the lease's entry; -1 if the lease is not current.</summary>
    private int FindIndex(JobLease lease) =>
        State.Entries.FindIndex(entry => entry.Id == lease.JobId && entry.Token == lease.Token && entry.Owner is not null);

    private void Measure(double seconds) =>
        SecondsPerJob = SecondsPerJob is { } mean ? mean + NewestWeight * (seconds - mean) : seconds;

    private void ForgetTimes(Guid job)
    {
        _expiresAt.Remove(job);
        _takenAt.Remove(job);
    }
}
