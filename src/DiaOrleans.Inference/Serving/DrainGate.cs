namespace DiaOrleans.Inference.Serving;

/// <summary>Counts admitted work that has not ended, and refuses new work once it drains. Thread-safe.</summary>
internal sealed class DrainGate
{
    /// <summary>The reason of a refusal.</summary>
    public const string Draining = "The engine is draining: it finishes admitted work and takes no more.";

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _draining;

    /// <summary>Number of admitted calls and recordings that have not ended.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Counts one more if it does not drain and <paramref name="enter"/> returns true.</summary>
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

    /// <summary>Counts one that has ended.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            if (--_count == 0 && _draining) _drained.TrySetResult();
        }
    }

    /// <summary>Refuses new work from now on; the task ends when all admitted work has.</summary>
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
