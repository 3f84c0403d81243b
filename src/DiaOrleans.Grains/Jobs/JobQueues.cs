using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>The shards of the queue.</summary>
internal sealed class JobQueues(IGrainFactory grains, JobOptions options)
{
    /// <summary>The queue of a new job.</summary>
    public async Task<(string Key, IJobQueueGrain Queue)> ForNew(Guid job)
    {
        // A shard that gets jobs is one that runners know.
        if (options.JobQueueShards > 1) await First.Shards(options.JobQueueShards);
        var key = JobShards.QueueKey(job, options);
        return (key, grains.GetGrain<IJobQueueGrain>(key));
    }

    /// <summary>All queues that have had jobs, also under another setting.</summary>
    public async Task<IReadOnlyList<IJobQueueGrain>> All()
    {
        var shards = await First.Shards(atLeast: 1);
        return [.. Enumerable.Range(0, shards).Select(shard => grains.GetGrain<IJobQueueGrain>(JobShards.QueueKey(shard)))];
    }

    private IJobQueueGrain First => grains.GetGrain<IJobQueueGrain>(JobShards.QueueKey(0));
}
