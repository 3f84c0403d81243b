using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Removes ended jobs from all shards of the catalogue.</summary>
internal static class EndedJobRemoval
{
    /// <summary>Shards that remove jobs at the same time: the store has work while one of them ends its batch.</summary>
    private const int ShardsAtOnce = 2;

    /// <summary>Removes ended jobs with their results, batch by batch.</summary>
    /// <param name="grains">Calls the catalogue.</param>
    /// <param name="endedBy">Only jobs that ended at or before this time; null for all that have ended.</param>
    /// <param name="cancellation">Ends the removal between two batches.</param>
    /// <returns>Number of removed jobs that clients could still see.</returns>
    public static async Task<int> ClearEndedJobs(
        this IGrainFactory grains,
        DateTimeOffset? endedBy,
        CancellationToken cancellation = default)
    {
        var removed = 0;
        var some = new ParallelOptions { MaxDegreeOfParallelism = ShardsAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(grains.JobCatalogs(), some, async (catalog, stop) =>
        {
            ClearedJobs batch;
            do
            {
                stop.ThrowIfCancellationRequested();
                batch = await catalog.ClearBatch(endedBy);
                Interlocked.Add(ref removed, batch.Removed);
            }
            while (batch.More);
        });
        return removed;
    }

    /// <summary>Removes jobs until at most <paramref name="limit"/> are left, those that ended first.</summary>
    /// <returns>Number of removed jobs that clients could still see.</returns>
    public static async Task<int> ClearBeyond(this IGrainFactory grains, int limit, CancellationToken cancellation = default)
    {
        var counts = await Task.WhenAll(grains.JobCatalogs().Select(catalog => catalog.Count([])));
        var excess = counts.Sum(count => count.Ended) - limit;
        if (excess <= 0) return 0;
        var oldest = await Task.WhenAll(grains.JobCatalogs().Select(catalog => catalog.Oldest(excess)));
        return await grains.ClearEndedJobs(oldest.SelectMany(times => times).Order().ElementAt(excess - 1), cancellation);
    }
}
