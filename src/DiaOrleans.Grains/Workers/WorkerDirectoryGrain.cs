using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

internal sealed class WorkerDirectoryGrain(TimeProvider time) : Grain, IWorkerDirectoryGrain
{
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (WorkerStatus Status, long At)> _workers = [];

    public Task Report(WorkerStatus status)
    {
        _workers[status.Key] = (status, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<WorkerStatus>> List()
    {
        foreach (var (key, worker) in _workers)
        {
            if (time.GetElapsedTime(worker.At) > SilentFor) _workers.Remove(key);
        }

        return Task.FromResult<IReadOnlyList<WorkerStatus>>([.. _workers.Values.Select(w => w.Status).OrderBy(s => s.Key, StringComparer.Ordinal)]);
    }
}
