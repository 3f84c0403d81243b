using System.Collections.Concurrent;

namespace DiaOrleans.Grains.Workers;

/// <summary>Workers that this silo has found lost or silent: it avoids them for a while. Thread-safe.</summary>
internal sealed class LostWorkers(TimeProvider time)
{
    /// <summary>About the time after which a lost silo has left the cluster.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _lostAt = new();

    /// <summary>Avoids a worker from now on.</summary>
    public void Add(string worker) => _lostAt[worker] = time.GetTimestamp();

    /// <summary>Whether the worker is to be avoided.</summary>
    public bool Contains(string worker)
    {
        if (!_lostAt.TryGetValue(worker, out var at)) return false;
        if (time.GetElapsedTime(at) < Memory) return true;
        _lostAt.TryRemove(KeyValuePair.Create(worker, at));
        return false;
    }
}
