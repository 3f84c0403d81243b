using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// The rules of a queue: order by sequence number, one current lease for a job, and tokens that only grow. A method that changes what is
/// stored marks the changed <see cref="Segments"/>. The first lease of a job and the removal of one that has ended can wait to be stored:
/// whoever reads the store without them leases the job again, with a larger token, and the job refuses what it must. Times are monotonic
/// and in memory only: a queue that is made from stored segments gives every lease its full time.
/// </summary>
internal sealed class LeaseQueue
{
    /// <summary>A lease that is not renewed for this time has expired.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    /// <summary>A job that is not confirmed for this time may be taken.</summary>
    public static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(30);

    /// <summary>Weight of the newest job in the mean of <see cref="SecondsPerJob"/>.</summary>
    private const double NewestWeight = 0.2;

    /// <summary>Leases of a job by one instance of the queue, at most: their tokens are smaller than those of the next one.</summary>
    private const long TokensOfInstance = 1_000_000;

    private readonly QueuePlaces _places = new();
    private readonly long _tokensAbove;

    /// <param name="segments">The stored segments by their numbers.</param>
    /// <param name="newest">Number of the newest segment.</param>
    /// <param name="instance">
    /// Larger than that of all instances before it: so are the tokens of its leases, also if those of the last ones were not stored.
    /// </param>
    /// <param name="now">The time from which stored leases hold.</param>
    public LeaseQueue(
        IEnumerable<(long Number, IReadOnlyList<QueueEntry> Entries)> segments,
        long newest,
        long instance,
        TimeSpan now)
    {
        _tokensAbove = instance * TokensOfInstance;
        Segments = new QueueSegments(newest);
        foreach (var (number, entries) in segments)
        {
            foreach (var entry in entries) Restore(entry, number, now);
        }

        Segments.TakeChanged();
    }

    /// <summary>What is stored of the jobs.</summary>
    public QueueSegments Segments { get; }

    public int Count => _places.Count;

    /// <summary>Jobs with a lease, expired or not.</summary>
    public int Leased => _places.Leased;

    /// <summary>Jobs without a lease.</summary>
    public int Waiting => Count - Leased;

    /// <summary>Whether a job may be taken at once.</summary>
    public bool HasFree => _places.FirstFree is not null;

    /// <summary>Moving average of the seconds from taking a job to its end; null before the first.</summary>
    public double? SecondsPerJob { get; private set; }

    /// <inheritdoc cref="QueuePlaces.Counts"/>
    public JobCounts Counts => _places.Counts;

    /// <inheritdoc cref="QueuePlaces.PerhapsEnded"/>
    public IEnumerable<LeasedJob> PerhapsEnded => _places.PerhapsEnded;

    /// <summary>Whether a job is in the queue.</summary>
    public bool Contains(Guid job) => _places.Find(job) is not null;

    /// <inheritdoc cref="QueuePlaces.ListNewest"/>
    public IEnumerable<ListedJob> ListNewest(SpeechStatus? status) => _places.ListNewest(status);

    /// <inheritdoc cref="QueuePlaces.ListOldest"/>
    public IEnumerable<ListedJob> ListOldest(SpeechStatus status) => _places.ListOldest(status);

    /// <summary>The sequence number of a job, which is inserted unless it is in the queue.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ticks">The time in ticks, UTC.</param>
    /// <param name="now">The current time.</param>
    public long Enqueue(Guid job, long ticks, TimeSpan now)
    {
        if (_places.Find(job) is { } known)
        {
            // Its first write may not have ended.
            Segments.Change(known.Segment);
            return known.Sequence;
        }

        // Larger than those of jobs that have left, too: lists are ordered by it.
        var sequence = Math.Max(ticks, _places.LastSequence + 1);
        Insert(new QueuePlace { Id = job, Sequence = sequence, Segment = Segments.Next(), At = now + ConfirmTime });
        return sequence;
    }

    /// <summary>Inserts a job that is stored. False if it is in the queue.</summary>
    public bool Import(QueuedJob job, TimeSpan now)
    {
        if (Contains(job.Id)) return false;
        var place = new QueuePlace
        {
            Id = job.Id,
            Sequence = _places.UnusedSequence(job.Sequence),
            Segment = Segments.Next(),
            Token = job.Token,
            Begun = job.Begun,
            At = now,
        };
        Insert(place);
        return _places.Confirm(place);
    }

    /// <summary>Lets a job be taken. True if it may be taken now and could not before.</summary>
    public bool Confirm(Guid job) => _places.Find(job) is { } place && _places.Confirm(place);

    /// <summary>Leases the first jobs that may be taken.</summary>
    /// <param name="owner">Address of the silo that takes them.</param>
    /// <param name="limit">Their number at most.</param>
    /// <param name="isAlive">Whether the silo with this address can still renew a lease.</param>
    /// <param name="now">The current time.</param>
    public IReadOnlyList<(Guid Job, long Token)> Take(string owner, int limit, Func<string, bool> isAlive, TimeSpan now)
    {
        _places.FreeDue(now, isAlive);
        var taken = new List<(Guid, long)>();
        while (taken.Count < limit && _places.FirstFree is { } place)
        {
            // A lease that is stored must not come back after a newer one: that is stored before it is given.
            Segments.Change(place.Segment, canWait: place.Token == 0);
            _places.Lease(place, owner, Math.Max(place.Token, _tokensAbove) + 1, now, until: now + LeaseTime);
            taken.Add((place.Id, place.Token));
        }

        return taken;
    }

    /// <summary>Gives a lease its full time. False if it is not current.</summary>
    public bool Renew(Guid job, long token, bool begun, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        place.At = now + LeaseTime;
        if (begun) _places.Begin(place);
        return true;
    }

    /// <summary>Ends a lease; the job stays. False if the lease is not current.</summary>
    public bool Release(Guid job, long token, TimeSpan pause, long newestToken, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        place.Token = Math.Max(place.Token, newestToken);
        Segments.Change(place.Segment);
        _places.EndLease(place, pause > TimeSpan.Zero ? now + pause : null);
        return true;
    }

    /// <summary>Removes a job that has ended. False if the lease is not current.</summary>
    public bool Complete(Guid job, long token, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        if (place.TakenAt is { } taken) Measure((now - taken).TotalSeconds);
        return Remove(job, canWait: true);
    }

    /// <summary>Removes a job, leased or not. False if it is not in the queue.</summary>
    public bool Remove(Guid job) => Remove(job, canWait: false);

    private bool Remove(Guid job, bool canWait)
    {
        if (_places.Remove(job) is not { } place) return false;
        Segments.Remove(place, canWait);
        return true;
    }

    private void Restore(QueueEntry entry, long segment, TimeSpan now)
    {
        var place = new QueuePlace
        {
            Id = entry.Id,
            Sequence = entry.Sequence,
            Segment = segment,
            Owner = entry.Owner,
            Token = entry.Token,
            Begun = entry.Begun,
            IsRead = true,
            At = entry.Owner is null ? now : now + LeaseTime,
        };
        Insert(place);
        _places.Confirm(place);
    }

    private void Insert(QueuePlace place)
    {
        _places.Add(place);
        Segments.Add(place);
    }

    /// <summary>The job of a lease; null if the lease is not current.</summary>
    private QueuePlace? Find(Guid job, long token) =>
        _places.Find(job) is { } place && place.Token == token && place.Owner is not null ? place : null;

    private void Measure(double seconds) =>
        SecondsPerJob = SecondsPerJob is { } mean ? mean + NewestWeight * (seconds - mean) : seconds;
}
