using System.Diagnostics.CodeAnalysis;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Windows that wait for the codec. The one with the fewest frames before it goes first, so that a first window never waits behind a later
/// one of another call. Thread-safe.
/// </summary>
internal sealed class CodecQueue
{
    private readonly object _gate = new();
    private readonly PriorityQueue<CodecJob, (int FramesBefore, long Arrival)> _jobs = new();
    private long _arrivals;
    private bool _closed;

    /// <summary>Adds a window.</summary>
    public void Add(CodecJob job)
    {
        lock (_gate)
        {
            _jobs.Enqueue(job, (job.Piece.FramesBefore, _arrivals++));
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

    /// <summary>Waits for a window; false if the queue is closed and empty.</summary>
    public bool TryTake([NotNullWhen(true)] out CodecJob? job)
    {
        lock (_gate)
        {
            while (!_jobs.TryDequeue(out job, out _))
            {
                if (_closed) return false;
                Monitor.Wait(_gate);
            }

            return true;
        }
    }
}

/// <summary>One window of one call.</summary>
internal sealed record CodecJob(QueuedCall Call, CodecPiece Piece);
