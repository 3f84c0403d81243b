using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs;

/// <summary>Jobs on real grains, without a runner.</summary>
public sealed class JobCatalogGrainTests : IAsyncLifetime
{
    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", false);
    private GrainCluster _cluster = null!;
    private JobService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start(
            loaded: false,
            configure: services => services.AddSingleton(new JobOptions { MaxPendingJobs = 5 }));
        _service = Service(_cluster);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_status_and_counted()
    {
        var ids = await SubmitMany(4);
        await _service.Cancel(ids[1]);
        await Run(ids[0]);
        var all = await _service.List(null, 3);
        all.Jobs.Select(job => job.Id).ShouldBe([ids[3], ids[2], ids[1]]);
        all.Total.ShouldBe(4);
        (await _service.List(SpeechStatus.Pending, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[3], ids[2]]);
        (await _service.Count()).ShouldBe(new JobCounts(2, 0, 1, 0, 1));
    }

    [Fact]
    public async Task A_repeated_key_gives_the_same_job_and_is_refused_with_another_request()
    {
        var first = await _service.Submit(Request("a"), "key");
        (await _service.Submit(Request("a"), "key")).ShouldBe(first);
        (await _service.Submit(Request("b"), "key")).Outcome.ShouldBe(JobOutcome.KeyReused);
        (await _service.Submit(Request("a"), "other")).JobId.ShouldNotBe(first.JobId);
        (await _service.Count()).Pending.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_holds_for_an_hour_even_if_its_job_was_cleared_and_after_a_restart()
    {
        var first = (await _service.Submit(Request("a"), "key")).JobId;
        await Run(first);
        (await _service.Clear()).ShouldBe(1);
        await using (var next = await Restart())
        {
            (await Service(next).Submit(Request("a"), "key")).JobId.ShouldBe(first);
            (await next.Grains.GetGrain<IJobQueueGrain>(0).Take(Owner(next))).ShouldBeNull();
            next.Time.Advance(TimeSpan.FromMinutes(61));
            (await Service(next).Submit(Request("b"), "key")).JobId.ShouldNotBe(first);
        }
    }

    [Fact]
    public async Task A_job_beyond_the_capacity_is_refused_with_a_time_and_accepted_after_another_is_leased()
    {
        await SubmitMany(5);
        var refused = await _service.Submit(Request("x"));
        refused.Outcome.ShouldBe(JobOutcome.Busy);
        refused.RetryAfter!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (await _service.Count()).Pending.ShouldBe(5);
        await Queue.Take(Owner(_cluster));
        (await _service.Submit(Request("x"))).Outcome.ShouldBe(JobOutcome.Accepted);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("job-catalog")]
    public async Task A_submission_whose_write_fails_leaves_no_job_and_can_be_sent_again(string state)
    {
        var submission = new JobSubmission { Id = Guid.NewGuid(), Request = Request("a"), DrawnSeed = 1, Key = new JobKey("k", "r") };
        _cluster.Storage.FailNext = state;
        await Should.ThrowAsync<OrleansException>(Catalog.Submit(submission));
        (await _service.List(null, 50)).ShouldSatisfyAllConditions(page => page.Jobs.ShouldBeEmpty(), page => page.Total.ShouldBe(0));
        await using var next = await Restart();
        (await Service(next).List(null, 50)).Total.ShouldBe(0);
        var again = submission with { Id = Guid.NewGuid() };
        var accepted = await next.Grains.GetGrain<IJobCatalogGrain>(0).Submit(again);
        (await Service(next).Find(accepted.JobId))!.Status.ShouldBe(SpeechStatus.Pending);
        (await Service(next).Count()).Pending.ShouldBe(1);
    }

    [Fact]
    public async Task A_stored_job_that_is_not_queued_is_queued_at_its_place_after_a_restart()
    {
        var first = (await _service.Submit(Request("first"))).JobId;
        var second = new JobSubmission { Id = Guid.NewGuid(), Request = Request("second"), DrawnSeed = 1 };
        _cluster.Storage.FailNext = "job-queue";
        await Should.ThrowAsync<OrleansException>(Catalog.Submit(second));
        await Queue.Remove(first);
        var third = (await _service.Submit(Request("third"))).JobId;
        await using var next = await Restart();
        await next.Grains.GetGrain<IJobCatalogGrain>(0).Recover();
        (await TakeAll(next)).ShouldBe([first, second.Id, third]);
    }

    [Fact]
    public async Task A_failed_submission_is_repeated_and_gives_one_job()
    {
        _cluster.Storage.FailNext = "job-queue";
        var accepted = await _service.Submit(Request("a"));
        (await _service.Count()).Pending.ShouldBe(1);
        (await TakeAll(_cluster)).ShouldBe([accepted.JobId]);
    }

    [Fact]
    public async Task Clearing_removes_ended_jobs_and_their_results_only()
    {
        var ids = await SubmitMany(3);
        var result = await Run(ids[0]);
        await _service.Cancel(ids[1]);
        _cluster.Blobs.Keys.ShouldBe([result.Key]);
        (await _service.Clear()).ShouldBe(2);
        _cluster.Blobs.Keys.ShouldBeEmpty();
        (await _service.Find(ids[0])).ShouldBeNull();
        (await _service.List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[2]]);
        (await _service.Clear()).ShouldBe(0);
    }

    [Fact]
    public async Task Clearing_removes_jobs_in_batches_and_a_batch_that_fails_can_be_repeated_after_a_restart()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = Service(cluster);
        for (var i = 0; i < 70; i++) await service.Cancel((await service.Submit(Request($"{i}"))).JobId);
        var catalog = cluster.Grains.GetGrain<IJobCatalogGrain>(0);
        (await catalog.ClearBatch(null)).ShouldBe(new ClearedJobs(32, true));
        (await service.Count()).Cancelled.ShouldBe(38);
        cluster.Storage.FailNext = "job-catalog";
        await Should.ThrowAsync<OrleansException>(catalog.ClearBatch(null));
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false);
        await next.Grains.GetGrain<IJobCatalogGrain>(0).Recover();
        (await Service(next).Count()).Cancelled.ShouldBe(6);
        (await Service(next).Clear()).ShouldBe(6);
        (await Service(next).List(null, 50)).Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("job-catalog-page")]
    [InlineData("job-catalog")]
    public async Task A_catalogue_of_several_pages_survives_a_write_that_fails_and_a_restart(string state)
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = Service(cluster);
        var submissions = Enumerable.Range(0, JobCatalogPages.Size).Select(i => service.Submit(Request($"{i}"), $"key {i}"));
        Guid[] ids = [.. (await Task.WhenAll(submissions)).Select(accepted => accepted.JobId)];
        cluster.Storage.FailNext = state;
        Guid[] more = [(await service.Submit(Request("a"), "key a")).JobId, (await service.Submit(Request("b"))).JobId];
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false);
        (await Service(next).Submit(Request("7"), "key 7")).JobId.ShouldBe(ids[7]);
        (await Service(next).Submit(Request("a"), "key a")).JobId.ShouldBe(more[0]);
        var all = await Service(next).List(null, 500);
        all.Jobs.Select(job => job.Id).Take(2).ShouldBe([more[1], more[0]]);
        all.Jobs.Select(job => job.Id).ShouldBe([.. more, .. ids], ignoreOrder: true);
        await Task.WhenAll(ids.Select(Service(next).Cancel));
        (await Service(next).Clear()).ShouldBe(JobCatalogPages.Size);
        (await Service(next).List(null, 500)).Jobs.Select(job => job.Id).ShouldBe([more[1], more[0]]);
        (await Service(next).Submit(Request("7"), "key 7")).JobId.ShouldBe(ids[7], "a key is kept longer than its job");
    }

    [Fact]
    public async Task Jobs_that_ended_an_hour_ago_and_results_without_a_job_are_removed()
    {
        var ids = await SubmitMany(2);
        var result = await Run(ids[0]);
        string[] others =
        [
            $"job_results/{ids[0]:D}-99.wav",
            $"job_results/{ids[1]:D}-1.wav",
            $"job_results/{Guid.NewGuid():D}-1.wav",
            "job_results/else.txt",
        ];
        foreach (var key in others) await _cluster.Blobs.Write(key, new byte[1]);
        var cleanup = new JobCleanup(_cluster.Grains, _cluster.Blobs);
        await cleanup.Run(_cluster.Time.GetUtcNow(), default);
        _cluster.Blobs.Keys.ShouldBe([result.Key, others[1], others[3]], ignoreOrder: true);
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        (await _service.Find(ids[0])).ShouldBeNull();
        (await _service.List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[1]]);
        await cleanup.Run(_cluster.Time.GetUtcNow(), default);
        _cluster.Blobs.Keys.ShouldBe([others[1], others[3]], ignoreOrder: true);
        (await _service.Find(ids[1])).ShouldNotBeNull();
    }

    [Fact]
    public async Task Jobs_and_their_order_survive_a_restart()
    {
        var ids = await SubmitMany(3);
        var result = await Run(ids[0]);
        await using var next = await Restart();
        (await Service(next).List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[2], ids[1], ids[0]]);
        (await Service(next).Find(ids[0]))!.Result.ShouldBe(result);
        (await TakeAll(next)).ShouldBe([ids[1], ids[2]]);
    }

    [Fact]
    public async Task A_lease_of_the_silo_before_the_restart_is_free_at_once()
    {
        var ids = await SubmitMany(1);
        var old = (await Queue.Take(Owner(_cluster)))!;
        await using var next = await Restart();
        var queue = next.Grains.GetGrain<IJobQueueGrain>(0);
        var lease = (await queue.Take(Owner(next)))!;
        lease.JobId.ShouldBe(ids[0]);
        lease.Token.ShouldBeGreaterThan(old.Token);
        (await next.Grains.GetGrain<IJobGrain>(ids[0]).Claim(lease.Token)).ShouldNotBeNull();
        (await next.Grains.GetGrain<IJobGrain>(ids[0]).Claim(old.Token)).ShouldBeNull();
        (await queue.Take(Owner(next))).ShouldBeNull();
    }

    [Fact]
    public async Task Waiting_for_the_end_returns_when_the_job_is_cancelled_or_leased_again()
    {
        var ids = await SubmitMany(1);
        var job = _cluster.Grains.GetGrain<IJobGrain>(ids[0]);
        await job.Claim(1);
        var first = job.WaitForEnd(1, TimeSpan.FromSeconds(20));
        first.IsCompleted.ShouldBeFalse();
        await job.Claim(2);
        (await first.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        var second = job.WaitForEnd(2, TimeSpan.FromSeconds(20));
        (await job.Cancel())!.Cancelled.ShouldBeTrue();
        (await second.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        (await job.Cancel()).ShouldBe(new JobCancellation(false, SpeechStatus.Cancelled));
        (await job.Complete(2, new JobResult("job_results/x.wav", 1))).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_jobs_submitted_finished_and_listed_at_once_do_not_wait_for_each_other()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = Service(cluster);
        var work = Enumerable.Range(0, 150).Select(async i =>
        {
            var id = (await service.Submit(Request($"{i}"))).JobId;
            var job = cluster.Grains.GetGrain<IJobGrain>(id);
            await job.Claim(1);
            await job.Begin(1, Start);
            await job.Fail(1, "x");
        }).ToArray();
        var lists = Enumerable.Range(0, 10).Select(_ => service.List(null, 500)).ToArray();
        await Task.WhenAll(work).WaitAsync(TimeSpan.FromSeconds(30));
        await Task.WhenAll(lists).WaitAsync(TimeSpan.FromSeconds(30));
        (await service.Count()).Failed.ShouldBe(150);
    }

    private IJobCatalogGrain Catalog => _cluster.Grains.GetGrain<IJobCatalogGrain>(0);

    private IJobQueueGrain Queue => _cluster.Grains.GetGrain<IJobQueueGrain>(0);

    private static JobService Service(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, TimeProvider.System);

    private static string Owner(GrainCluster cluster) => cluster.Silos[0].SiloAddress.ToParsableString();

    private static SpeechRequest Request(string text) => new() { Text = text, VoiceId = "v" };

    private Task<GrainCluster> Restart() => GrainCluster.Start(_cluster.Storage, loaded: false, blobs: _cluster.Blobs);

    private async Task<Guid[]> SubmitMany(int count)
    {
        var ids = new Guid[count];
        for (var i = 0; i < count; i++) ids[i] = (await _service.Submit(Request($"job {i}"))).JobId;
        return ids;
    }

    /// <summary>Makes the calls of a runner.</summary>
    private async Task<JobResult> Run(Guid id)
    {
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        var result = new JobResult($"job_results/{id:D}-7.wav", 3);
        (await job.Claim(7)).ShouldNotBeNull();
        (await job.Begin(7, Start)).ShouldBeTrue();
        await _cluster.Blobs.Write(result.Key, new byte[3]);
        (await job.Complete(7, result)).ShouldBeTrue();
        await Queue.Remove(id);
        return result;
    }

    private static async Task<IReadOnlyList<Guid>> TakeAll(GrainCluster cluster)
    {
        var taken = new List<Guid>();
        while (await cluster.Grains.GetGrain<IJobQueueGrain>(0).Take(Owner(cluster)) is { } lease) taken.Add(lease.JobId);
        return taken;
    }
}
