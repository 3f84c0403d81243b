using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Keeps the roster in memory only: a new activation knows all workers again after a second of reports.</summary>
[GrainType("dia.worker-directory")]
internal sealed class WorkerDirectoryGrain(TimeProvider time) : Grain, IWorkerDirectoryGrain
{
    private readonly WorkerRoster _roster = new(time);

    public Task Report(WorkerStatus status)
    {
        _roster.Report(status);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<WorkerStatus>> List() => Task.FromResult(_roster.List());
}
