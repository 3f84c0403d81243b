using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Which workers to ask, best first; or whether it is worth waiting for one.</summary>
internal sealed record WorkerChoice(IReadOnlyList<WorkerStatus> Ready, bool OneIsLoading)
{
    /// <summary>Sorts by what is still to be made, so that the shortest wait comes first.</summary>
    public static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers) => new(
        [
            .. workers.Where(worker => worker is { State: WorkerState.Ready, Model: not null })
                .OrderBy(worker => worker.BacklogSeconds)
                .ThenBy(worker => worker.Active + worker.Waiting)
                .ThenBy(worker => worker.Key, StringComparer.Ordinal),
        ],
        workers.Any(worker => worker.State == WorkerState.Loading));
}
