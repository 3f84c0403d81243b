using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// This silo's copy of the list of all workers. It is read from the directory each second; the last copy stays in use while the directory
/// does not answer, and a worker that is missing in a list for a while, because a directory that has just restarted does not know all.
/// Workers of silos that the cluster does not count as active are left out, and this silo's own workers are as they are now. Thread-safe.
/// </summary>
/// <param name="grains">Calls the directory.</param>
/// <param name="own">This silo's workers; none if it has no engine.</param>
/// <param name="pools">Says whether the pool of requests that name no model follows from the workers that are there.</param>
/// <param name="membership">The silos of the cluster.</param>
/// <param name="time">Clock of the reads.</param>
/// <param name="logger">Log of reads that fail.</param>
internal sealed partial class WorkerRosterCopy(
    IGrainFactory grains,
    IEnumerable<LocalWorkers> own,
    WorkerPools pools,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<WorkerRosterCopy> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>A directory that has just restarted knows all workers within this time.</summary>
    public static readonly TimeSpan RestartLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly SingleFlight<string, bool> _reads = new();
    private readonly LocalWorker[] _own = [.. own.SelectMany(workers => workers.All)];
    private volatile IReadOnlyList<Listed>? _copy;
    private bool _isFailing;
    private bool _hasWarned;

    /// <summary>Whether the list was read since the start of this silo.</summary>
    public bool IsKnown => _copy is not null;

    /// <summary>
    /// All workers, ordered by key. None before the list was read: from the workers of this silo alone it might choose another pool than
    /// the other silos.
    /// </summary>
    public IReadOnlyList<WorkerStatus> Workers
    {
        get
        {
            if (_copy is not { } copy) return [];
            var here = _own.Select(worker => worker.Status).ToArray();
            var active = membership.CurrentSnapshot.Members.Values
                .Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.Name)
                .ToHashSet(StringComparer.Ordinal);
            return
            [
                .. copy.Select(listed => listed.Worker)
                    .Where(worker => here.All(o => o.Key != worker.Key) && active.Contains(WorkerKey.SiloOf(worker.Key)))
                    .Concat(here)
                    .OrderBy(worker => worker.Key, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>The worker with that key, or null.</summary>
    public WorkerStatus? Find(string key) => Workers.FirstOrDefault(worker => worker.Key == key);

    /// <summary>Reads the list now; without effect if the directory does not answer within its time limit.</summary>
    public Task Refresh() => _reads.Run("", Read, CancellationToken.None);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(WorkerRosterCopy), ServiceLifecycleStage.Active, Start, Stop);

    public void Dispose() => _stop.Dispose();

    private Task Start(CancellationToken cancellationToken)
    {
        _ = Task.Run(KeepReading, CancellationToken.None);
        return Task.CompletedTask;
    }

    private Task Stop(CancellationToken cancellationToken) => _stop.CancelAsync();

    private async Task KeepReading()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Refresh();
            await Task.Delay(Period, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> Read()
    {
        try
        {
            Keep(await grains.GetGrain<IWorkerDirectoryGrain>(0).List());
            _isFailing = false;
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            if (!_isFailing && !_stop.IsCancellationRequested) Log.NotRead(logger, e);
            _isFailing = true;
        }

        return !_isFailing;
    }

    private void Keep(IReadOnlyList<WorkerStatus> workers)
    {
        var now = time.GetTimestamp();
        var missing = (_copy ?? []).Where(listed =>
            time.GetElapsedTime(listed.At) < RestartLimit && workers.All(worker => worker.Key != listed.Worker.Key));
        _copy = [.. workers.Select(worker => new Listed(worker, now)), .. missing];
        if (_hasWarned || pools.FindUnchosen(Workers) is not { Count: > 1 } found) return;
        _hasWarned = true;
        Log.NoDefaultPool(logger, string.Join(", ", found), found[0]);
    }

    /// <summary>A worker, and the timestamp of the last list that had it.</summary>
    private sealed record Listed(WorkerStatus Worker, long At);

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Warning, "The directory of workers does not answer; the last list of workers stays in use.")]
        public static partial void NotRead(ILogger logger, Exception cause);

        [LoggerMessage(
            1014,
            LogLevel.Warning,
            "The cluster has the pools {Pools}, and the first by name speaks requests that name no model, since no pool is chosen. "
                + "Choose one: ./run.sh cluster set DefaultPool={First}")]
        public static partial void NoDefaultPool(ILogger logger, string pools, string first);
    }
}
