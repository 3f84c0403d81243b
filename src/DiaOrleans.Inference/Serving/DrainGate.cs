namespace DiaOrleans.Inference.Serving;

/// <summary>Counts what was admitted and has not ended, and closes the door. Thread-safe.</summary>
internal sealed class DrainGate
{
    /// <summary>What a refused client hears.</summary>
    public const string Draining = "The engine finishes what it has and takes no more.";

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _draining;

    /// <summary>Admitted and not ended.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Counts one more where the door is open and <paramref name="enter"/> finds room for it.</summary>
    public EngineRefusal TryAdd(Func<bool> enter)
    {
        lock (_lock)
        {
            if (_draining) return EngineRefusal.Draining;
            if (!enter()) return EngineRefusal.Busy;
            _count++;
            return EngineRefusal.None;
        }
    }

    /// <summary>One has ended.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            if (--_count == 0 && _draining) _drained.TrySetResult();
        }
    }

    /// <summary>Closes the door; ends when nothing admitted is left.</summary>
    public Task Drain()
    {
        lock (_lock)
        {
            _draining = true;
            if (_count == 0) _drained.TrySetResult();
        }

        return _drained.Task;
    }
}
