using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Which workers to ask, and what to do where none of them takes the work.</summary>
/// <param name="Ready">Best first.</param>
/// <param name="Asleep">One to wake, where none is ready or being loaded.</param>
/// <param name="OneComes">It is worth waiting: one is ready, is being loaded or can be woken.</param>
internal sealed record WorkerChoice(IReadOnlyList<WorkerStatus> Ready, string? Asleep, bool OneComes)
{
    /// <summary>Sorts by what is still to be made, so that the shortest wait comes first.</summary>
    public static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers)
    {
        WorkerStatus[] ready =
        [
            .. workers.Where(worker => worker is { State: WorkerState.Ready, Model: not null })
                .OrderBy(worker => worker.BacklogSeconds)
                .ThenBy(worker => worker.Active + worker.Waiting)
                .ThenBy(worker => worker.Key, StringComparer.Ordinal),
        ];
        var oneComes = ready.Length > 0 || workers.Any(worker => worker.State == WorkerState.Loading);
        var asleep = oneComes ? null : workers.FirstOrDefault(worker => worker.State == WorkerState.Asleep)?.Key;
        return new WorkerChoice(ready, asleep, oneComes || asleep is not null);
    }
}
