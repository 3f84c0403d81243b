using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Adds up the counts that the shards keep.</summary>
internal static class JobCounting
{
    /// <summary>The number of jobs of each status.</summary>
    public static async Task<JobCounts> CountJobs(this IGrainFactory grains, JobQueues queues)
    {
        // Queues first: what ends after that is in the catalogue, which takes it from the counts of the queues.
        var queued = await Task.WhenAll((await queues.All()).Select(queue => queue.Count()));
        var leased = queued.SelectMany(counts => counts.Leased).ToLookup(job => JobShards.CatalogShard(job.Id));
        var ended = await Task.WhenAll(grains.JobCatalogs().Select((catalog, shard) => catalog.Count([.. leased[shard]])));
        return queued.Select(counts => counts.Counts).Concat(ended).Aggregate((left, right) => left + right);
    }
}
