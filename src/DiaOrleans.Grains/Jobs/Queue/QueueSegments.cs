namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// In which stored segment each job of a queue is, and which segments have changed. New jobs enter the newest segment until it has
/// <see cref="Size"/> jobs.
/// </summary>
/// <param name="newest">Number of the newest segment; 0 before the first.</param>
internal sealed class QueueSegments(long newest)
{
    /// <summary>Jobs of a segment at most.</summary>
    public const int Size = 32;

    private readonly Dictionary<long, SortedSet<QueuePlace>> _segments = [];
    private readonly HashSet<long> _changed = [];

    /// <summary>Number of the segment that new jobs enter; 0 before the first.</summary>
    public long Newest { get; private set; } = newest;

    /// <summary>Whether a segment has changed since <see cref="TakeChanged"/>.</summary>
    public bool HaveChanged => _changed.Count > 0;

    /// <summary>Whether nobody waits until the changes since <see cref="TakeChanged"/> are stored.</summary>
    public bool CanWait { get; private set; } = true;

    /// <summary>The numbers of the segments that have changed since the last call.</summary>
    public IReadOnlyList<long> TakeChanged()
    {
        long[] changed = [.. _changed];
        _changed.Clear();
        CanWait = true;
        return changed;
    }

    /// <summary>What a segment stores; empty if all its jobs have left.</summary>
    public IReadOnlyList<QueueEntry> Entries(long number) =>
        _segments.TryGetValue(number, out var places) ? [.. places.Select(place => place.ToEntry())] : [];

    /// <summary>Number of the segment for a new job.</summary>
    public long Next()
    {
        var count = _segments.TryGetValue(Newest, out var newest) ? newest.Count : 0;
        return Newest == 0 || count >= Size ? ++Newest : Newest;
    }

    /// <summary>A job of the segment has changed.</summary>
    /// <param name="number">Number of the segment.</param>
    /// <param name="canWait">Whether the change may be stored with a later one.</param>
    public void Change(long number, bool canWait = false)
    {
        _changed.Add(number);
        CanWait &= canWait;
    }

    /// <summary>Adds a job to its segment.</summary>
    public void Add(QueuePlace place)
    {
        if (!_segments.TryGetValue(place.Segment, out var segment)) _segments.Add(place.Segment, segment = new(QueuePlace.BySequence));
        segment.Add(place);
        Change(place.Segment);
    }

    /// <summary>Removes a job from its segment.</summary>
    /// <param name="place">The place of the job.</param>
    /// <param name="canWait">See <see cref="Change"/>.</param>
    public void Remove(QueuePlace place, bool canWait = false)
    {
        var segment = _segments[place.Segment];
        segment.Remove(place);
        if (segment.Count == 0) _segments.Remove(place.Segment);
        Change(place.Segment, canWait);
    }
}
