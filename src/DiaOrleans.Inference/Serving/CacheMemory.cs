namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Memory for the caches of the calls in slots. A cache takes memory of the host while its call goes on, so that each call is promised what
/// it may need before it takes a slot: a process that takes too much is killed with all its calls. Thread-safe.
/// </summary>
/// <param name="available">Bytes that this process can still get; null if nobody is to be asked.</param>
internal sealed class CacheMemory(Func<long>? available)
{
    /// <summary>Bytes that are left for everything else: the work of a step, windows of the codec, answers.</summary>
    public const long Spare = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Func<long>> _promises = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether no slot has a promise.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return _promises.Count == 0;
        }
    }

    /// <summary>Whether a slot has a promise.</summary>
    public bool Has(object slot)
    {
        lock (_lock) return _promises.ContainsKey(slot);
    }

    /// <summary>Promises memory to a slot; false, and nothing is promised, if there is not enough beside the other promises.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="growth">Bytes that its caches may still grow by, now and later.</param>
    public bool TryPromise(object slot, Func<long> growth)
    {
        lock (_lock)
        {
            if (available is not null && growth() is > 0 and var wanted)
            {
                foreach (var promised in _promises.Values) wanted += promised();
                if (available() - Spare < wanted) return false;
            }

            _promises[slot] = growth;
            return true;
        }
    }

    /// <summary>The call of a slot has left.</summary>
    public void Release(object slot)
    {
        lock (_lock) _promises.Remove(slot);
    }
}
