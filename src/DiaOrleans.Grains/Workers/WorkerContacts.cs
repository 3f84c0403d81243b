using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// Calls the grain of each worker when this silo first sees it. From then on this silo knows where the grain is, and reaches it without
/// the grain directory, a part of which may be on a silo that does not answer. Not thread-safe.
/// </summary>
/// <param name="grains">Calls workers.</param>
internal sealed class WorkerContacts(IGrainFactory grains)
{
    private readonly Dictionary<string, Task> _calls = [];

    /// <summary>Calls those that were not reached yet, and does not wait. Forgets those that are not among them.</summary>
    /// <param name="workers">Workers of other silos.</param>
    public void Meet(IEnumerable<WorkerStatus> workers)
    {
        var keys = workers.Select(worker => worker.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _calls.Keys.Where(key => !keys.Contains(key)).ToList()) _calls.Remove(gone);
        foreach (var key in keys)
        {
            if (!_calls.TryGetValue(key, out var call) || call.IsFaulted || call.IsCanceled) _calls[key] = Call(key);
        }
    }

    private Task Call(string key)
    {
        var call = grains.GetGrain<IGpuWorkerGrain>(key).GetStatus();
        // A worker that does not answer is called again; no one else observes the failure.
        _ = call.ContinueWith(task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return call;
    }
}
