using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// The rules of a queue: order by sequence number, one current lease for a job, and tokens that only grow. A method that changes what is
/// stored marks the changed <see cref="Segments"/>. Times are monotonic and in memory only: a queue that is made from stored segments gives
/// every lease its full time.
/// </summary>
internal sealed class LeaseQueue
{
    /// <summary>A lease that is not renewed for this time has expired.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    /// <summary>A job that is not confirmed for this time may be taken.</summary>
    public static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(30);

    /// <summary>Weight of the newest job in the mean of <see cref="SecondsPerJob"/>.</summary>
    private const double NewestWeight = 0.2;

    private readonly Dictionary<Guid, QueuePlace> _places = [];
    private readonly SortedSet<QueuePlace> _all = new(QueuePlace.BySequence);
    private readonly SortedSet<QueuePlace> _free = new(QueuePlace.BySequence);
    private readonly HashSet<QueuePlace> _leased = [];
    private readonly HashSet<QueuePlace> _resting = [];
    private long _lastSequence;
    private int _begun;
    private int _confirmed;

    /// <param name="segments">The stored segments by their numbers.</param>
    /// <param name="newest">Number of the newest segment.</param>
    /// <param name="now">The time from which stored leases hold.</param>
    public LeaseQueue(IEnumerable<(long Number, IReadOnlyList<QueueEntry> Entries)> segments, long newest, TimeSpan now)
    {
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

    /// <summary>Whether a job is in the queue.</summary>
    public bool Contains(Guid job) => _places.ContainsKey(job);

    /// <summary>Jobs with a lease, expired or not.</summary>
    public int Leased => _leased.Count;

    /// <summary>Jobs without a lease.</summary>
    public int Waiting => Count - Leased;

    /// <summary>Whether a job may be taken at once.</summary>
    public bool HasFree => _free.Count > 0;

    /// <summary>Moving average of the seconds from taking a job to its end; null before the first.</summary>
    public double? SecondsPerJob { get; private set; }

    /// <summary>Confirmed jobs that are pending and processing.</summary>
    public JobCounts Counts => new(_confirmed - _begun, _begun, 0, 0, 0);

    /// <summary>The confirmed jobs with a lease, expired or not.</summary>
    public IEnumerable<LeasedJob> LeasedJobs =>
        _leased.Where(place => place.Confirmed).Select(place => new LeasedJob(place.Id, place.Begun));

    /// <summary>The sequence number of a job, which is inserted unless it is in the queue.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ticks">The time in ticks, UTC.</param>
    /// <param name="now">The current time.</param>
    public long Enqueue(Guid job, long ticks, TimeSpan now)
    {
        if (_places.TryGetValue(job, out var known))
        {
            // Its first write may not have ended.
            Segments.Change(known.Segment);
            return known.Sequence;
        }

        // Larger than those of jobs that have left, too: lists are ordered by it.
        var sequence = Math.Max(ticks, _lastSequence + 1);
        Insert(new QueuePlace { Id = job, Sequence = sequence, Segment = Segments.Next(), At = now + ConfirmTime });
        return sequence;
    }

    /// <summary>Inserts a job that is stored. False if it is in the queue.</summary>
    public bool Import(QueuedJob job, TimeSpan now)
    {
        if (_places.ContainsKey(job.Id)) return false;
        var sequence = job.Sequence;
        while (_all.Contains(new QueuePlace { Id = default, Sequence = sequence, Segment = 0 })) sequence++;
        var place = new QueuePlace { Id = job.Id, Sequence = sequence, Segment = Segments.Next(), Token = job.Token, At = now };
        Insert(place);
        if (job.Begun) Begin(place);
        return Confirm(job.Id);
    }

    /// <summary>Lets a job be taken. True if it may be taken now and could not before.</summary>
    public bool Confirm(Guid job)
    {
        if (!_places.TryGetValue(job, out var place) || place.Confirmed) return false;
        place.Confirmed = true;
        _confirmed++;
        if (place.Owner is not null) return false;
        _resting.Remove(place);
        return _free.Add(place);
    }

    /// <summary>Leases the first jobs that may be taken.</summary>
    /// <param name="owner">Address of the silo that takes them.</param>
    /// <param name="limit">Their number at most.</param>
    /// <param name="isAlive">Whether the silo with this address can still renew a lease.</param>
    /// <param name="now">The current time.</param>
    public IReadOnlyList<(Guid Job, long Token)> Take(string owner, int limit, Func<string, bool> isAlive, TimeSpan now)
    {
        foreach (var place in _resting.Where(place => place.At <= now).ToArray()) Wake(place);
        foreach (var place in _leased.Where(place => place.At <= now || !isAlive(place.Owner!)).ToArray())
        {
            EndLease(place, now);
            _free.Add(place);
        }

        var taken = new List<(Guid, long)>();
        while (taken.Count < limit && _free.Min is { } place)
        {
            _free.Remove(place);
            _leased.Add(place);
            place.Owner = owner;
            place.Token++;
            place.At = now + LeaseTime;
            place.TakenAt = now;
            Segments.Change(place.Segment);
            taken.Add((place.Id, place.Token));
        }

        return taken;
    }

    /// <summary>Gives a lease its full time. False if it is not current.</summary>
    public bool Renew(Guid job, long token, bool begun, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        place.At = now + LeaseTime;
        if (begun && !place.Begun) Begin(place);
        return true;
    }

    /// <summary>Ends a lease; the job stays. False if the lease is not current.</summary>
    public bool Release(Guid job, long token, TimeSpan pause, long newestToken, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        place.Token = Math.Max(place.Token, newestToken);
        Segments.Change(place.Segment);
        EndLease(place, now + pause);
        if (pause <= TimeSpan.Zero) _free.Add(place);
        else _resting.Add(place);
        return true;
    }

    /// <summary>Removes a job that has ended. False if the lease is not current.</summary>
    public bool Complete(Guid job, long token, TimeSpan now)
    {
        if (Find(job, token) is not { } place) return false;
        if (place.TakenAt is { } taken) Measure((now - taken).TotalSeconds);
        return Remove(job);
    }

    /// <summary>Removes a job, leased or not. False if it is not in the queue.</summary>
    public bool Remove(Guid job)
    {
        if (!_places.Remove(job, out var place)) return false;
        if (place.Begun) _begun--;
        if (place.Confirmed) _confirmed--;
        _all.Remove(place);
        _free.Remove(place);
        _leased.Remove(place);
        _resting.Remove(place);
        Segments.Remove(place);
        return true;
    }

    /// <summary>Confirmed jobs that may be pending or processing, newest first. A job that was leased once may be processing.</summary>
    /// <param name="processing">Only those that may be processing, or only those that may be pending; null for all.</param>
    public IEnumerable<ListedJob> ListNewest(bool? processing) => _all.Reverse()
        .Where(place => place.Confirmed && (processing is null || (processing.Value ? place.Token > 0 : !place.Begun)))
        .Select(place => new ListedJob(place.Id, place.Sequence));

    private void Restore(QueueEntry entry, long segment, TimeSpan now)
    {
        var place = new QueuePlace
        {
            Id = entry.Id,
            Sequence = entry.Sequence,
            Segment = segment,
            Owner = entry.Owner,
            Token = entry.Token,
            At = entry.Owner is null ? now : now + LeaseTime,
        };
        Insert(place);
        if (entry.Begun) Begin(place);
        Confirm(place.Id);
    }

    private void Insert(QueuePlace place)
    {
        _places.Add(place.Id, place);
        _all.Add(place);
        _lastSequence = Math.Max(_lastSequence, place.Sequence);
        (place.Owner is null ? _resting : _leased).Add(place);
        Segments.Add(place);
    }

    private void Begin(QueuePlace place)
    {
        place.Begun = true;
        _begun++;
    }

    private void Wake(QueuePlace place)
    {
        if (!place.Confirmed) Confirm(place.Id);
        _resting.Remove(place);
        _free.Add(place);
    }

    private void EndLease(QueuePlace place, TimeSpan from)
    {
        _leased.Remove(place);
        place.Owner = null;
        place.TakenAt = null;
        place.At = from;
    }

    /// <summary>The job of a lease; null if the lease is not current.</summary>
    private QueuePlace? Find(Guid job, long token) =>
        _places.TryGetValue(job, out var place) && place.Token == token && place.Owner is not null ? place : null;

    private void Measure(double seconds) =>
        SecondsPerJob = SecondsPerJob is { } mean ? mean + NewestWeight * (seconds - mean) : seconds;
}
