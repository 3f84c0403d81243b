using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Workers;

/// <summary>
/// This silo's copy of the list of all workers. It is read from the directory each second; the last copy stays in use while the directory
/// does not answer. Workers of silos that the cluster does not count as active are left out, and this silo's own workers are as they are
/// now. Thread-safe.
/// </summary>
/// <param name="grains">Calls the directory.</param>
/// <param name="own">This silo's workers; none if it has no engine.</param>
/// <param name="membership">The silos of the cluster.</param>
/// <param name="time">Clock of the reads.</param>
/// <param name="logger">Log of reads that fail.</param>
internal sealed partial class WorkerRosterCopy(
    IGrainFactory grains,
    IEnumerable<LocalWorkers> own,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<WorkerRosterCopy> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly SingleFlight<string, bool> _reads = new();
    private readonly LocalWorker[] _own = [.. own.SelectMany(workers => workers.All)];
    private volatile IReadOnlyList<WorkerStatus> _copy = [];
    private bool _isFailing;

    /// <summary>All workers, ordered by key.</summary>
    public IReadOnlyList<WorkerStatus> Workers
    {
        get
        {
            var here = _own.Select(worker => worker.Status).ToArray();
            var active = membership.CurrentSnapshot.Members.Values
                .Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.Name)
                .ToHashSet(StringComparer.Ordinal);
            return
            [
                .. _copy.Where(worker => here.All(o => o.Key != worker.Key) && active.Contains(WorkerKey.SiloOf(worker.Key)))
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
            _copy = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
            _isFailing = false;
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            if (!_isFailing && !_stop.IsCancellationRequested) Log.NotRead(logger, e);
            _isFailing = true;
        }

        return !_isFailing;
    }

    private static partial class Log
    {
        [LoggerMessage(1010, LogLevel.Warning, "The directory of workers does not answer; the last list of workers stays in use.")]
        public static partial void NotRead(ILogger logger, Exception cause);
    }
}
