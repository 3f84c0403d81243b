using System.Collections.Concurrent;

namespace DiaOrleans.Inference.Serving;

/// <summary>Calls from their admission to their end: waiting, in slots, or in the codec. Thread-safe.</summary>
/// <param name="waiting">Those that wait for a slot.</param>
/// <param name="gate">Counts them, with recordings, until all have ended.</param>
/// <param name="wait">Measures how fast they end.</param>
internal sealed class AdmittedCalls(RequestQueue waiting, DrainGate gate, RefusalWait wait)
{
    private readonly ConcurrentDictionary<QueuedCall, bool> _calls = new(ReferenceEqualityComparer.Instance);

    /// <summary>All of them, at some moment during the reading.</summary>
    public IEnumerable<QueuedCall> All => _calls.Keys;

    /// <summary>Admits a call unless the queue is full or the engine drains.</summary>
    public EngineRefusal TryAdd(QueuedCall call)
    {
        // First: an admitted call may end before this method returns.
        _calls[call] = true;
        wait.Admitted();
        var refusal = gate.TryAdd(() => waiting.TryEnter(call));
        if (refusal != EngineRefusal.None) _calls.TryRemove(call, out _);
        return refusal;
    }

    /// <summary>Ends a call; false if it has ended before.</summary>
    public bool TryEnd(QueuedCall call)
    {
        if (!call.TryEnd()) return false;
        _calls.TryRemove(call, out _);
        waiting.TryRemove(call);
        waiting.Leave(call);
        gate.Remove();
        wait.Ended(call.PredictedSeconds, isLast: _calls.IsEmpty);
        return true;
    }
}
