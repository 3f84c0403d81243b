using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs.Keys;

/// <summary>Clients that use a new idempotency key with each job, far more within the hour than jobs are kept.</summary>
public sealed class ManyKeysTests
{
    private const int Kept = 320;
    private const int Rounds = 20;
    private const int KeysOfRound = 250;

    private static readonly TimeSpan TimeOfRound = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Rows_and_activations_of_five_thousand_keys_are_bounded_by_the_limit_of_kept_jobs()
    {
        await using var cluster = await Start();
        var service = Service(cluster);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, KeysOfRound).Select(async i =>
            {
                var accepted = await service.Submit(Request(i), $"key {round}/{i}");
                accepted.Outcome.ShouldBe(JobOutcome.Accepted);
                await service.Cancel(accepted.JobId);
            }));
            await cluster.Grains.ClearBeyond(Kept);
            cluster.Time.Advance(TimeOfRound);
        }

        // What a round adds is removed with the keys of the next ones.
        cluster.Storage.Rows("job").ShouldBeLessThan(Kept + 2 * KeysOfRound);
        cluster.Storage.Rows("job-keys-page").ShouldBeLessThan((Kept + 2 * KeysOfRound) / 64 + JobShards.Keys);
        await GrainCluster.Until(async () => await JobActivations(cluster) == 0);
        var newest = await service.Submit(Request(0), $"key {Rounds - 1}/0");
        newest.JobId.ShouldBe((await service.Submit(Request(0), $"key {Rounds - 1}/0")).JobId);
    }

    [Fact]
    public async Task Of_too_many_keys_those_stay_whose_jobs_are_kept_or_have_not_ended()
    {
        await using var cluster = await Start();
        var service = Service(cluster);
        var first = await Task.WhenAll(Enumerable.Range(0, Kept).Select(i => service.Submit(Request(i), $"first {i}")));
        cluster.Time.Advance(TimeOfRound);
        for (var i = 0; i < 2 * Kept; i++) await service.Cancel((await service.Submit(Request(i), $"next {i}")).JobId);
        var again = await Task.WhenAll(Enumerable.Range(0, Kept).Select(i => service.Submit(Request(i), $"first {i}")));
        again.ShouldBe(first);
    }

    [Fact]
    public async Task A_key_whose_job_is_cleared_holds_while_there_are_not_too_many()
    {
        await using var cluster = await Start();
        var service = Service(cluster);
        var first = (await service.Submit(Request(0), "first")).JobId;
        await service.Cancel(first);
        await service.Clear();
        cluster.Time.Advance(TimeOfRound);
        for (var i = 1; i < JobShards.Keys; i++) await service.Submit(Request(i), $"next {i}");
        (await service.Submit(Request(0), "first")).JobId.ShouldBe(first);
    }

    private static Task<GrainCluster> Start() => GrainCluster.Start(
        loaded: false,
        configure: services => services.AddSingleton(new JobOptions { MaxPendingJobs = int.MaxValue, MaxKeptJobs = Kept }));

    private static JobService Service(GrainCluster cluster) =>
        new(cluster.Grains, cluster.Blobs, new JobOptions { MaxPendingJobs = int.MaxValue }, TimeProvider.System);

    private static SpeechRequest Request(int i) => new() { Text = $"{i}", VoiceId = "v" };

    private static async Task<int> JobActivations(GrainCluster cluster)
    {
        var all = await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return all.Count(one => one.GrainId.Type.ToString() == "dia.job");
    }
}
