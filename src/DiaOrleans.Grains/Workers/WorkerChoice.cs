using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Workers;

/// <summary>Which workers to offer work to, and whether waiting helps if none of them takes it.</summary>
/// <param name="Ready">The least loaded first.</param>
/// <param name="Asleep">Key of one to wake, if none is ready or being loaded; else null.</param>
/// <param name="CanWait">A worker is ready, is being loaded or can be woken.</param>
internal sealed record WorkerChoice(IReadOnlyList<WorkerStatus> Ready, string? Asleep, bool CanWait)
{
    /// <summary>
    /// Orders workers by predicted seconds of audio still to make. Which model a worker has is known only while it is loaded.
    /// </summary>
    /// <param name="workers">All workers of the cluster.</param>
    /// <param name="model">Name of the model wanted; null for any.</param>
    public static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers, string? model = null)
    {
        WorkerStatus[] ready =
        [
            .. workers.Where(worker => worker is { State: WorkerState.Ready, Model: { } loaded } && (model is null || loaded.Name == model))
                .OrderBy(worker => worker.BacklogSeconds)
                .ThenBy(worker => worker.Active + worker.Waiting)
                .ThenBy(worker => worker.Key, StringComparer.Ordinal),
        ];
        var isReadyOrLoading = ready.Length > 0 || workers.Any(worker => worker.State == WorkerState.Loading);
        var asleep = isReadyOrLoading ? null : workers.FirstOrDefault(worker => worker.State == WorkerState.Asleep)?.Key;
        return new WorkerChoice(ready, asleep, isReadyOrLoading || asleep is not null);
    }
}
