using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Server.Lifetime;

namespace DiaOrleans.Server.Health;

/// <summary>Whether this server can take requests; docs/api.md, State of the server. Thread-safe.</summary>
/// <param name="stop">Whether it was told to stop.</param>
/// <param name="membership">The cluster.</param>
/// <param name="silo">The silo of this server.</param>
/// <param name="workers">The workers of this silo now; none on a silo without engines.</param>
/// <param name="canChoose">Whether it knows the workers of the cluster, among which it chooses those of a client's request.</param>
/// <param name="storage">The store of grain state.</param>
/// <param name="metrics">Counts the steps of the engines.</param>
/// <param name="time">Clock of the steps.</param>
internal sealed class Readiness(
    StopSignal stop,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    Func<IEnumerable<WorkerStatus>> workers,
    Func<bool> canChoose,
    StorageProbe storage,
    DiaMetrics metrics,
    TimeProvider time)
{
    /// <summary>Engines that have work and make no step for so long do not work.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(30);

    private const string Starting = "starting";

    private readonly StepAge _age = new(time);
    private volatile bool _wasReady;

    /// <summary>Why the server has not finished its start; null from the first time on that it was ready.</summary>
    public async Task<string?> FindObstacleToStart() => _wasReady ? null : await FindObstacle();

    /// <summary>Why the server is not ready; null if it is.</summary>
    public async Task<string?> FindObstacle()
    {
        var obstacle = stop.IsReceived ? "draining" : FindInCluster() ?? FindInEngines();
        if (obstacle is null && !await storage.IsAnswering()) obstacle = "storage does not answer";
        _wasReady |= obstacle is null;
        return obstacle;
    }

    private string? FindInCluster()
    {
        var status = membership.CurrentSnapshot.Members.TryGetValue(silo.SiloAddress, out var member) ? member.Status : SiloStatus.None;
        return status switch
        {
            SiloStatus.Active => canChoose() ? null : Starting,
            SiloStatus.None or SiloStatus.Created or SiloStatus.Joining => Starting,
            _ => "not a member of the cluster",
        };
    }

    /// <summary>Null on a silo without engines.</summary>
    private string? FindInEngines()
    {
        WorkerStatus[] all = [.. workers()];
        if (all.Length == 0) return null;
        if (!all.Any(worker => worker.State is WorkerState.Ready or WorkerState.Asleep))
            return all.Any(worker => worker.State == WorkerState.Loading) ? Starting : "no model";
        var age = _age.Measure(all.Any(worker => worker.Active > 0), metrics.Steps);
        return age < LongestStep ? null : $"the engine has made no step for {age.TotalSeconds:0} s";
    }
}
