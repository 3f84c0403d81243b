using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Which workers a request may go to.</summary>
internal static class WorkerChoice
{
    /// <summary>Ready workers, the least loaded first.</summary>
    public static IReadOnlyList<WorkerStatus> Ready(IEnumerable<WorkerStatus> workers) =>
        [.. workers.Where(w => w is { State: WorkerState.Ready, Model: not null }).OrderBy(w => w.BacklogSeconds).ThenBy(w => w.Key, StringComparer.Ordinal)];

    /// <summary>Whether one may become ready soon: while a model loads, and in the moment before a silo's first report.</summary>
    public static bool WorthWaiting(IReadOnlyCollection<WorkerStatus> workers) => workers.Count == 0 || workers.Any(w => w.State == WorkerState.Loading);
}
