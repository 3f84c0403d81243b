using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Gives access to the workers of the cluster: to those of this silo without messages, to others by their grains.</summary>
/// <param name="grains">Calls workers of other silos.</param>
/// <param name="own">This silo's workers; none if it has no engine.</param>
/// <param name="time">Clock of heartbeats.</param>
internal sealed class WorkerCalls(IGrainFactory grains, IEnumerable<LocalWorkers> own, TimeProvider time)
{
    private readonly Dictionary<string, IWorker> _own = own.SelectMany(workers => workers.All)
        .ToDictionary(worker => worker.Key.ToString(), IWorker (worker) => new OwnWorker(worker, time), StringComparer.Ordinal);

    /// <summary>The worker with that key, which may not exist.</summary>
    public IWorker this[string key] => _own.GetValueOrDefault(key) ?? new RemoteWorker(grains.GetGrain<IGpuWorkerGrain>(key));
}
