namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Admitted calls that wait for a slot, bounded in number and in predicted seconds of audio. A more urgent call goes first, equal ones in
/// order of arrival. If <see cref="MaxPasses"/> calls in a row have passed the eldest, it goes next, so that no call starves. Thread-safe.
/// </summary>
/// <param name="maxSeconds">Bound of the waiting calls' predicted seconds of audio.</param>
/// <param name="maxCalls">Bound of the number of waiting calls.</param>
internal sealed class RequestQueue(double maxSeconds, int maxCalls)
{
    /// <summary>Calls in a row that can get a slot before the eldest call does.</summary>
    public const int MaxPasses = 8;

    private readonly LinkedList<QueuedCall> _calls = [];
    private readonly Lock _lock = new();
    private double _waitingSeconds;
    private double _admittedSeconds;
    private int _passes;

    /// <summary>Calls that wait.</summary>
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

    /// <summary>Adds a call; false if a bound is reached. An empty queue takes a call of any length.</summary>
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

    /// <summary>Takes the call that gets the next slot; false if none waits, or that one may not leave.</summary>
    public bool TryTake(out QueuedCall call, Predicate<QueuedCall>? mayLeave = null)
    {
        lock (_lock)
        {
            var eldest = _calls.First;
            var next = _passes < MaxPasses ? MostUrgent() : eldest;
            call = next?.Value!;
            if (next is null || mayLeave?.Invoke(call) == false) return false;
            Remove(next);
            if (next != eldest) _passes++;
            return true;
        }
    }

    /// <summary>Removes a call that waits; false if it no longer waits.</summary>
    public bool TryRemove(QueuedCall call)
    {
        lock (_lock)
        {
            if (_calls.Find(call) is not { } node) return false;
            Remove(node);
            return true;
        }
    }

    /// <summary>Takes a call that has ended, in any way, out of the backlog.</summary>
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
        if (node == _calls.First) _passes = 0;
        _calls.Remove(node);
        _waitingSeconds -= node.Value.PredictedSeconds;
    }
}
