namespace DiaOrleans.Abstractions.Workers;

/// <summary>
/// The cluster's workers, as they last reported. One for the cluster: key 0. It stores nothing; after a restart it knows all workers
/// within a second.
/// </summary>
[Alias("dia.worker-directory")]
public interface IWorkerDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Called for every worker on a change and once a second. A worker that has not reported for 10 s leaves the list.</summary>
    /// <param name="status">With the number that the last report was answered with, 0 before the first.</param>
    /// <returns>The worker's number, from 1, unique among the workers of the list. A worker keeps its number unless another one was given
    /// it while the directory restarted.</returns>
    [Alias("report"), ResponseTimeout("00:00:02")]
    Task<int> Report(WorkerStatus status);

    /// <summary>All workers that reported within the last 10 s, ordered by key.</summary>
    [Alias("list"), ResponseTimeout("00:00:01")]
    Task<IReadOnlyList<WorkerStatus>> List();
}
