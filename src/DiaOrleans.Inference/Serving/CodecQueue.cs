using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Windows that wait for the codec. The one with the fewest frames before it goes first, so that a first window never waits behind a later
/// one of another call; windows of the same shape go with it. A call has one window in the codec at a time, so that its samples come in
/// order. Thread-safe.
/// </summary>
internal sealed class CodecQueue
{
    private readonly object _gate = new();
    private readonly LinkedList<CodecJob> _jobs = [];
    private readonly HashSet<QueuedCall> _decoding = new(ReferenceEqualityComparer.Instance);
    private bool _closed;

    /// <summary>Adds a window.</summary>
    public void Add(CodecJob job)
    {
        lock (_gate)
        {
            _jobs.AddLast(job);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the queue: the windows in it can still be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Waits for a window and takes it with up to <paramref name="most"/> - 1 others of its shape; none if the queue is closed and empty.
    /// Each is to be given back by <see cref="Release"/>.
    /// </summary>
    public IReadOnlyList<CodecJob> Take(int most)
    {
        lock (_gate)
        {
            while (true)
            {
                if (TakeNext(shape: null) is { } first) return [first, .. TakeOthers(first, most - 1)];
                if (_closed && _jobs.Count == 0) return [];
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>The samples of a window were passed on: the next one of its call can be taken.</summary>
    public void Release(CodecJob job)
    {
        lock (_gate)
        {
            _decoding.Remove(job.Call);
            Monitor.PulseAll(_gate);
        }
    }

    private IEnumerable<CodecJob> TakeOthers(CodecJob first, int most)
    {
        for (var i = 0; i < most && TakeNext(first.Shape) is { } job; i++) yield return job;
    }

    /// <summary>Takes the next window, of that shape or of any.</summary>
    private CodecJob? TakeNext(WindowShape? shape)
    {
        LinkedListNode<CodecJob>? best = null;
        for (var node = _jobs.First; node is not null; node = node.Next)
        {
            if (shape is not null && node.Value.Shape != shape) continue;
            if (_decoding.Contains(node.Value.Call)) continue;
            if (best is null || node.Value.Piece.FramesBefore < best.Value.Piece.FramesBefore) best = node;
        }

        if (best is null) return null;
        _jobs.Remove(best);
        _decoding.Add(best.Value.Call);
        return best.Value;
    }
}

/// <summary>One window of one call.</summary>
internal sealed record CodecJob(QueuedCall Call, CodecPiece Piece)
{
    /// <summary>Jobs of equal shapes can be decoded at once.</summary>
    public WindowShape Shape => Piece.Window.Shape;
}
