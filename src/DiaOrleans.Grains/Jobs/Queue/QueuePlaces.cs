using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// The jobs of a queue by id and in the order of their sequence numbers. Each is free, leased, or rests until
/// <see cref="QueuePlace.At"/>.
/// </summary>
internal sealed class QueuePlaces
{
    /// <summary>
    /// Places that are read from the store and may be those of ended jobs, at most: the removals of <see cref="JobQueueGrain.LateTime"/>,
    /// which are those of the oldest jobs.
    /// </summary>
    private const int MostUnstored = 256;

    private readonly Dictionary<Guid, QueuePlace> _byId = [];
    private readonly SortedSet<QueuePlace> _all = new(QueuePlace.BySequence);
    private readonly SortedSet<QueuePlace> _free = new(QueuePlace.BySequence);
    private readonly HashSet<QueuePlace> _leased = [];
    private readonly HashSet<QueuePlace> _resting = [];
    private int _begun;
    private int _confirmed;

    public int Count => _byId.Count;

    /// <summary>Jobs with a lease, expired or not.</summary>
    public int Leased => _leased.Count;

    /// <summary>The free job with the smallest sequence number; null if there is none.</summary>
    public QueuePlace? FirstFree => _free.Min;

    /// <summary>The largest sequence number so far, of jobs that have left, too.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Confirmed jobs that are pending and processing.</summary>
    public JobCounts Counts => new(_confirmed - _begun, _begun, 0, 0, 0);

    /// <summary>
    /// The confirmed jobs that may have ended: those with a lease, expired or not, and the oldest of those that were read from the store.
    /// </summary>
    public IEnumerable<LeasedJob> PerhapsEnded => _leased
        .Concat(_all.Where(place => place.IsRead && place.Owner is null).Take(MostUnstored))
        .Where(place => place.Confirmed)
        .Select(place => new LeasedJob(place.Id, place.Begun));

    /// <summary>The place of a job; null if it is not in the queue.</summary>
    public QueuePlace? Find(Guid job) => _byId.GetValueOrDefault(job);

    /// <summary>The first number from <paramref name="sequence"/> on that no job has.</summary>
    public long UnusedSequence(long sequence)
    {
        while (_all.Contains(new QueuePlace { Id = default, Sequence = sequence, Segment = 0 })) sequence++;
        return sequence;
    }

    /// <summary>Confirmed jobs that may have the status, newest first. A job that was leased once may be processing.</summary>
    /// <param name="status">The status; null for all.</param>
    public IEnumerable<ListedJob> ListNewest(SpeechStatus? status) => List(_all.Reverse(), status);

    /// <summary>Confirmed jobs that may have the status, oldest first. A job that was leased once may be processing.</summary>
    /// <param name="status">The status.</param>
    public IEnumerable<ListedJob> ListOldest(SpeechStatus status) => List(_all, status);

    /// <summary>Adds a job, leased or resting.</summary>
    public void Add(QueuePlace place)
    {
        _byId.Add(place.Id, place);
        _all.Add(place);
        LastSequence = Math.Max(LastSequence, place.Sequence);
        (place.Owner is null ? _resting : _leased).Add(place);
        if (place.Begun) _begun++;
    }

    /// <summary>Removes a job. Null if it is not in the queue.</summary>
    public QueuePlace? Remove(Guid job)
    {
        if (!_byId.Remove(job, out var place)) return null;
        if (place.Begun) _begun--;
        if (place.Confirmed) _confirmed--;
        _all.Remove(place);
        _free.Remove(place);
        _leased.Remove(place);
        _resting.Remove(place);
        return place;
    }

    /// <summary>Counts the job as processing.</summary>
    public void Begin(QueuePlace place)
    {
        if (!place.Begun) _begun++;
        place.Begun = true;
    }

    /// <summary>Counts the job, and frees it unless it is leased. True if it is free now and was not before.</summary>
    public bool Confirm(QueuePlace place)
    {
        if (place.Confirmed) return false;
        place.Confirmed = true;
        _confirmed++;
        return place.Owner is null && Free(place);
    }

    /// <summary>Gives a free job to a silo.</summary>
    public void Lease(QueuePlace place, string owner, long token, TimeSpan now, TimeSpan until)
    {
        _free.Remove(place);
        _leased.Add(place);
        place.Owner = owner;
        place.Token = token;
        place.IsRead = false;
        place.TakenAt = now;
        place.At = until;
    }

    /// <summary>Ends a lease: the job is free now, or rests until a time.</summary>
    public void EndLease(QueuePlace place, TimeSpan? until = null)
    {
        _leased.Remove(place);
        place.Owner = null;
        place.TakenAt = null;
        _resting.Add(place);
        if (until is { } time) place.At = time;
        else Free(place);
    }

    /// <summary>Frees the jobs whose rest is over, and those whose lease has expired or whose silo is gone.</summary>
    public void FreeDue(TimeSpan now, Func<string, bool> isAlive)
    {
        foreach (var place in _resting.Where(place => place.At <= now).ToArray())
        {
            if (!place.Confirmed) Confirm(place);
            else Free(place);
        }

        foreach (var place in _leased.Where(place => place.At <= now || !isAlive(place.Owner!)).ToArray()) EndLease(place);
    }

    private static IEnumerable<ListedJob> List(IEnumerable<QueuePlace> places, SpeechStatus? status) => places
        .Where(place => place.Confirmed && status switch
        {
            null => true,
            SpeechStatus.Pending => !place.Begun,
            SpeechStatus.Processing => place.Token > 0,
            _ => false,
        })
        .Select(place => new ListedJob(place.Id, place.Sequence));

    private bool Free(QueuePlace place)
    {
        _resting.Remove(place);
        return _free.Add(place);
    }
}
