namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Admitted calls that wait for a slot, bounded in number and in predicted seconds of audio. The more urgent goes first, and first in first out among equals; when
/// the eldest has seen <see cref="TimeLimits"/> slots in a row go to others, the next one is its own, so that nobody starves. Thread-safe.
/// </summary>
internal sealed class RequestQueue(double maxSeconds, int maxCalls)
{
    /// <summary>Slots in a row that may pass the eldest call by.</summary>
    public const int TimeLimits = 8;

    private readonly LinkedList<QueuedCall> _calls = [];
    private readonly Lock _lock = new();
    private double _waitingSeconds;
    private double _admittedSeconds;
    private int _passed;

    public int Count
    {
        get
        {
            lock (_lock) return _calls.Count;
        }
    }

    /// <summary>Predicted seconds of audio of all calls that entered and have not ended.</summary>
    public double BacklogSeconds
    {
        get
        {
            lock (_lock) return _admittedSeconds;
        }
    }

    /// <summary>False where the bound is reached. An empty room takes a call of any length.</summary>
    public bool TryEnter(QueuedCall call)
    {
        lock (_lock)
        {
            if (_calls.Count >= maxCalls || (_calls.Count > 0 && _waitingSeconds + call.PredictedSeconds > maxSeconds)) return false;
            _calls.AddLast(call);
            _waitingSeconds += call.PredictedSeconds;
            _admittedSeconds += call.PredictedSeconds;
            return true;
        }
    }

    /// <summary>The call whose turn it is for a slot.</summary>
    public bool TryTake(out QueuedCall call)
    {
        lock (_lock)
        {
            var eldest = _calls.First;
            var next = _passed < TimeLimits ? MostUrgent() : eldest;
            call = next?.Value!;
            if (next is null) return false;
            Remove(next);
            if (next != eldest) _passed++;
            return true;
        }
    }

    /// <summary>A call gives up waiting; false where it no longer waits.</summary>
    public bool TryRemove(QueuedCall call)
    {
        lock (_lock)
        {
            if (_calls.Find(call) is not { } node) return false;
            Remove(node);
            return true;
        }
    }

    /// <summary>A call has ended, however: its part of the backlog is gone.</summary>
    public void Leave(QueuedCall call)
    {
        lock (_lock) _admittedSeconds = Math.Max(0, _admittedSeconds - call.PredictedSeconds);
    }

    private LinkedListNode<QueuedCall>? MostUrgent()
    {
        var best = _calls.First;
        for (var node = best?.Next; node is not null; node = node.Next)
        {
            if (node.Value.Run.Call.Priority < best!.Value.Run.Call.Priority) best = node;
        }

        return best;
    }

    private void Remove(LinkedListNode<QueuedCall> node)
    {
        if (node == _calls.First) _passed = 0;
        _calls.Remove(node);
        _waitingSeconds -= node.Value.PredictedSeconds;
    }
}
