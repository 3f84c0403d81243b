using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Keeps the roster in memory only: a new activation knows all workers again after a second of reports.</summary>
[GrainType("dia.worker-directory")]
internal sealed class WorkerDirectoryGrain(TimeProvider time) : Grain, IWorkerDirectoryGrain
{
    private readonly WorkerRoster _roster = new(time);

    public Task<int> Report(WorkerStatus status) => Task.FromResult(_roster.Report(status));

    public Task<IReadOnlyList<WorkerStatus>> List() => Task.FromResult(_roster.List());
}
