using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// The queue's rules: order by sequence, one valid lease a job, tokens that only grow. What must be stored is in <see cref="State"/>; a method that changed it says so.
/// How long leases still hold is known here only: who takes over a stored queue gives each its full time.
/// </summary>
internal sealed class LeaseQueue
{
    /// <summary>A lease that is not renewed for so long is free.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Guid, DateTimeOffset> _until = [];
    private readonly Dictionary<Guid, DateTimeOffset> _takenAt = [];

    public LeaseQueue(JobQueueState state, DateTimeOffset now)
    {
        State = state;
        foreach (var entry in state.Entries.Where(entry => entry.Owner is not null)) _until[entry.Id] = now + LeaseTime;
    }

    public JobQueueState State { get; }

    public int Count => State.Entries.Count;

    public int Leased => State.Entries.Count(entry => entry.Owner is not null);

    /// <summary>Jobs that nobody holds.</summary>
    public int Waiting => Count - Leased;

    /// <summary>Mean seconds from taking a job to its end, the last ones counting most; null before the first.</summary>
    public double? SecondsPerJob { get; private set; }

    /// <summary>Whether it changed anything.</summary>
    public bool Enqueue(IEnumerable<QueuedJob> jobs)
    {
        var known = State.Entries.Select(entry => entry.Id).ToHashSet();
        QueueEntry[] added = [.. jobs.Where(job => known.Add(job.Id)).Select(job => new QueueEntry(job.Id, job.Sequence))];
        if (added.Length == 0) return false;
        State.Entries = [.. State.Entries.Concat(added).OrderBy(entry => entry.Sequence)];
        return true;
    }

    /// <summary>Leases the first job that may be taken; null where there is none, and nothing changed.</summary>
    /// <param name="owner">Who takes it.</param>
    /// <param name="isAlive">Whether a holder can still renew.</param>
    /// <param name="now">The time.</param>
    public JobLease? Take(string owner, Func<string, bool> isAlive, DateTimeOffset now)
    {
        var at = State.Entries.FindIndex(entry => IsFree(entry, isAlive, now));
        if (at < 0) return null;
        var taken = State.Entries[at] with { Owner = owner, Token = ++State.LastToken };
        State.Entries[at] = taken;
        _until[taken.Id] = now + LeaseTime;
        _takenAt[taken.Id] = now;
        return new JobLease(taken.Id, taken.Token);
    }

    /// <summary>False where the lease is not current.</summary>
    public bool Renew(JobLease lease, DateTimeOffset now)
    {
        if (Find(lease) < 0) return false;
        _until[lease.JobId] = now + LeaseTime;
        return true;
    }

    /// <summary>Whether it changed anything.</summary>
    public bool Release(JobLease lease)
    {
        if (Find(lease) is not (>= 0 and var at)) return false;
        State.Entries[at] = State.Entries[at] with { Owner = null };
        Drop(lease.JobId);
        return true;
    }

    /// <summary>Whether it changed anything.</summary>
    public bool Done(JobLease lease, DateTimeOffset now)
    {
        if (Find(lease) is not (>= 0 and var at)) return false;
        if (_takenAt.TryGetValue(lease.JobId, out var taken)) Learn((now - taken).TotalSeconds);
        State.Entries.RemoveAt(at);
        Drop(lease.JobId);
        return true;
    }

    /// <summary>Whether it changed anything.</summary>
    public bool Remove(Guid job)
    {
        Drop(job);
        return State.Entries.RemoveAll(entry => entry.Id == job) > 0;
    }

    private bool IsFree(QueueEntry entry, Func<string, bool> isAlive, DateTimeOffset now) =>
        entry.Owner is null || _until.GetValueOrDefault(entry.Id) <= now || !isAlive(entry.Owner);

    private int Find(JobLease lease) => State.Entries.FindIndex(entry => entry.Id == lease.JobId && entry.Token == lease.Token && entry.Owner is not null);

    private void Learn(double seconds) => SecondsPerJob = SecondsPerJob is { } mean ? mean + 0.2 * (seconds - mean) : seconds;

    private void Drop(Guid job)
    {
        _until.Remove(job);
        _takenAt.Remove(job);
    }
}
