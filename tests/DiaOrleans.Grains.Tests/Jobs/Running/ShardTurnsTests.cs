using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs.Running;

/// <summary>The runner with a queue of several shards.</summary>
public sealed class ShardTurnsTests
{
    private const int JobsOfShard = 3;

    private static readonly JobOptions Options = new() { JobQueueShards = 3 };

    [Fact]
    public async Task Jobs_are_taken_from_the_shards_in_turn_and_from_each_in_the_order_of_submission()
    {
        var storage = new SharedStorage();
        var jobs = await Fill(storage);
        var renderer = new FakeRenderer();
        await using var cluster = await GrainCluster.Start(
            storage,
            realTime: true,
            jobs: true,
            configure: services => services.AddSingleton<ISpeechRenderer>(renderer).AddSingleton(Options));
        var taken = new List<Guid>();
        for (var i = 0; i < JobsOfShard * Options.JobQueueShards; i++)
        {
            var rendering = renderer.Next();
            taken.Add(rendering.Id);
            rendering.Finish();
        }

        foreach (var round in taken.Chunk(Options.JobQueueShards)) round.Select(Shard).ShouldBeUnique();
        foreach (var shard in taken.GroupBy(Shard)) shard.ShouldBe(jobs.Where(id => Shard(id) == shard.Key).Take(JobsOfShard));
    }

    [Fact]
    public async Task Pages_in_the_order_of_the_queue_are_parts_of_one_list_over_all_shards()
    {
        await using var cluster = await GrainCluster.Start(
            loaded: false,
            realTime: true,
            configure: services => services.AddSingleton(Options));
        var service = new JobService(cluster.Grains, cluster.Blobs, Options, TimeProvider.System);
        var jobs = await Submit(service);
        for (var offset = 0; offset < jobs.Count; offset += 4)
        {
            var page = await service.List(null, limit: 4, offset, JobOrder.Queue);
            page.Jobs.Select(job => job.Id).ShouldBe(jobs.Skip(offset).Take(4));
        }
    }

    private static string Shard(Guid id) => JobShards.QueueKey(id, Options);

    /// <summary>Submits jobs until each shard has enough, and returns them in the order of submission.</summary>
    private static async Task<IReadOnlyList<Guid>> Fill(SharedStorage storage)
    {
        await using var cluster = await GrainCluster.Start(storage, loaded: false, configure: services => services.AddSingleton(Options));
        return await Submit(new JobService(cluster.Grains, cluster.Blobs, Options, TimeProvider.System));
    }

    private static async Task<IReadOnlyList<Guid>> Submit(JobService service)
    {
        var jobs = new List<Guid>();
        while (jobs.GroupBy(Shard).Count(shard => shard.Count() >= JobsOfShard) < Options.JobQueueShards)
            jobs.Add((await service.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" })).JobId);
        return jobs;
    }
}
