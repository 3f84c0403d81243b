using DiaOrleans.Grains.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>
/// The rows of a queue: one that lists the segments, and one a segment. An instance that opens the queue writes the first row and the
/// newest segment: from then on an older instance can add no job, because both are conflicts for it. What an older instance changes in
/// another segment is a conflict for the newer one, which then reads the store again.
/// </summary>
internal sealed class QueueRows(IGrainStorage storage, string key)
{
    private const string HeadName = "job-queue-head";
    private const string SegmentName = "job-queue-segment";
    private const int ReadsAtOnce = 8;

    private readonly StoredRow<JobQueueHead> _head = new(storage, HeadName, GrainId.Create(HeadName, key));
    private readonly Dictionary<long, StoredRow<JobQueueSegment>> _segments = [];
    private readonly Dictionary<long, Task> _listing = [];

    /// <summary>Number of the newest segment; 0 before the first.</summary>
    public long Newest => _head.State.LastSegment;

    /// <summary>How often the queue was opened; larger with each instance of it.</summary>
    public long Opened => _head.State.Epoch;

    /// <summary>Reads all segments.</summary>
    /// <param name="guard">Takes the rows over.</param>
    public async Task<IReadOnlyList<(long Number, IReadOnlyList<QueueEntry> Entries)>> Open(RowsGuard guard)
    {
        await _head.Read();
        _head.State.Epoch++;
        await guard.TakeOver(_head.Write);
        var stored = new List<(long, IReadOnlyList<QueueEntry>)>();
        foreach (var numbers in _head.State.Segments.Chunk(ReadsAtOnce))
        {
            StoredRow<JobQueueSegment>[] rows = [.. numbers.Select(Row)];
            await Task.WhenAll(rows.Select(row => row.Read()));
            foreach (var (number, row) in numbers.Zip(rows))
            {
                _segments[number] = row;
                stored.Add((number, row.State.Entries));
            }
        }

        _head.State.Segments.RemoveAll(number => number != Newest && _segments[number].State.Entries.Count == 0);
        if (_segments.TryGetValue(Newest, out var newest)) await guard.TakeOver(newest.Write);
        return stored;
    }

    /// <summary>Stores a segment as it is in the queue. An empty one that gets no more jobs is removed.</summary>
    public async Task Store(long number, LeaseQueue queue)
    {
        if (!_segments.TryGetValue(number, out var row)) _segments.Add(number, row = Row(number));
        if (!_head.State.Segments.Contains(number) || _listing.ContainsKey(number)) await ListSegment(number);
        var entries = queue.Segments.Entries(number);
        row.State.Entries = entries;
        if (entries.Count > 0 || number == queue.Segments.Newest)
        {
            await row.Write();
            return;
        }

        // The list of segments is stored without it when the next segment is added.
        _head.State.Segments.Remove(number);
        _segments.Remove(number);
        await row.Clear();
    }

    /// <summary>Number of the pool's shards, of which shard 0 keeps the largest ever.</summary>
    public int Shards => _head.State.Shards;

    /// <summary>Stores a larger number of shards.</summary>
    public Task AddShards(int all)
    {
        _head.State.Shards = all;
        return _head.Write();
    }

    /// <summary>Whether no other instance has opened the queue since.</summary>
    public Task<bool> IsCurrent() => _head.IsCurrent();

    private StoredRow<JobQueueSegment> Row(long number) =>
        new(storage, SegmentName, GrainId.Create(SegmentName, FormattableString.Invariant($"{key}/{number}")));

    /// <summary>A segment is listed before it is stored: a crash in between leaves a listed segment that is missing.</summary>
    private async Task ListSegment(long number)
    {
        if (!_listing.TryGetValue(number, out var listing))
        {
            _head.State.Segments.Add(number);
            _head.State.LastSegment = Math.Max(number, _head.State.LastSegment);
            _listing.Add(number, listing = _head.Write());
        }

        await listing;
        _listing.Remove(number);
    }
}
