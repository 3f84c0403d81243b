namespace DiaOrleans.Abstractions.Workers;

/// <summary>The cluster's workers, as they last reported. One for the cluster: key 0.</summary>
[Alias("dia.worker-directory")]
public interface IWorkerDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Called by every worker's silo on a change and once a second. A worker that has not reported for 10 s is left out.</summary>
    [Alias("report")]
    Task Report(WorkerStatus status);

    /// <summary>All workers that reported lately.</summary>
    [Alias("list")]
    Task<IReadOnlyList<WorkerStatus>> List();
}
