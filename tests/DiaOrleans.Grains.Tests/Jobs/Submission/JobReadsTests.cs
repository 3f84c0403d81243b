using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

public sealed class JobReadsTests
{
    [Fact]
    public async Task A_job_whose_grain_does_not_answer_is_shown_as_it_is_stored_until_its_retention_is_over()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var jobs = new JobService(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);
        var id = (await jobs.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v", Seed = 5 })).JobId;
        var silent = ReadsOf(cluster);
        var reads = new JobReads(jobs, cluster.Grains, silent, cluster.Time);
        var answered = (await reads.FindRevision(id)).ShouldNotBeNull();
        answered.Job.ShouldBe(await jobs.Find(id), "the grain answers");
        var grain = cluster.Grains.GetGrain<IJobGrain>(id);
        await silent.Read(grain, () => Task.FromException<bool>(new TimeoutException()), () => Task.FromResult(true));

        var waiting = (await reads.Find(id)).ShouldNotBeNull();
        (waiting.Status, waiting.SeedUsed, waiting.PartDone).ShouldBe((SpeechStatus.Pending, 5, null));
        (await reads.FindRevision(id))!.Number.ShouldBe(answered.Number);
        await jobs.Cancel(id);
        (await reads.Find(id)).ShouldBe(await jobs.Find(id));
        (await reads.Find(id))!.Status.ShouldBe(SpeechStatus.Cancelled);
        cluster.Time.Advance(JobRetention.Time);
        (await reads.Find(id)).ShouldBeNull();
    }

    [Fact]
    public async Task The_row_of_a_job_that_has_ended_is_read_without_its_grain()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var jobs = new JobService(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);
        var id = (await jobs.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" })).JobId;
        var reads = new JobReads(jobs, cluster.Grains, ReadsOf(cluster), cluster.Time);
        (await reads.FindEnded(id))!.Status.ShouldBe(SpeechStatus.Pending);
        await jobs.Cancel(id);
        var ended = await jobs.Find(id);
        cluster.Time.Advance(TimeSpan.FromSeconds(3));
        await GrainCluster.Until(async () => await Activations(cluster) == 0);

        (await reads.FindEnded(id)).ShouldBe(ended);
        (await Activations(cluster)).ShouldBe(0);
        cluster.Time.Advance(JobRetention.Time);
        (await reads.FindEnded(id)).ShouldBeNull();
        (await reads.FindEnded(Guid.NewGuid())).ShouldBeNull();
    }

    private static StoredReads ReadsOf(GrainCluster cluster) =>
        new(cluster.Storage, new SingleReads(cluster.Storage), TimeProvider.System, NullLogger<StoredReads>.Instance);

    private static async Task<int> Activations(GrainCluster cluster)
    {
        var all = await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return all.Count(one => one.GrainId.Type.ToString() == "dia.job");
    }
}
