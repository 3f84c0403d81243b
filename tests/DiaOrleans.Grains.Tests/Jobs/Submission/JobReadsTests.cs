using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

public sealed class JobReadsTests
{
    [Fact]
    public async Task A_job_whose_grain_does_not_answer_is_shown_as_it_is_stored_until_its_retention_is_over()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var jobs = new JobService(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);
        var id = (await jobs.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v", Seed = 5 })).JobId;
        var silent = new StoredReads(
            cluster.Storage,
            new SingleReads(cluster.Storage),
            TimeProvider.System,
            NullLogger<StoredReads>.Instance);
        var reads = new JobReads(jobs, cluster.Grains, silent, cluster.Time);
        (await reads.Find(id)).ShouldBe(await jobs.Find(id), "the grain answers");
        var grain = cluster.Grains.GetGrain<IJobGrain>(id);
        await silent.Read(grain, () => Task.FromException<bool>(new TimeoutException()), () => Task.FromResult(true));

        var waiting = (await reads.Find(id)).ShouldNotBeNull();
        (waiting.Status, waiting.SeedUsed, waiting.PartDone).ShouldBe((SpeechStatus.Pending, 5, null));
        await jobs.Cancel(id);
        (await reads.Find(id)).ShouldBe(await jobs.Find(id));
        (await reads.Find(id))!.Status.ShouldBe(SpeechStatus.Cancelled);
        cluster.Time.Advance(JobRetention.Time);
        (await reads.Find(id)).ShouldBeNull();
    }
}
