using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs;

/// <summary>Jobs on real grains, and nobody who runs them.</summary>
public sealed class JobCatalogGrainTests : IAsyncLifetime
{
    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", false);
    private GrainCluster _cluster = null!;
    private JobService _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start(loaded: false, configure: services => services.AddSingleton(new JobOptions { MaxPendingJobs = 5 }));
        _desk = Desk(_cluster);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_status_and_counted()
    {
        var ids = await SubmitMany(4);
        await _desk.Cancel(ids[1]);
        await Run(ids[0]);
        var all = await _desk.List(null, 3);
        all.Jobs.Select(job => job.Id).ShouldBe([ids[3], ids[2], ids[1]]);
        all.Total.ShouldBe(4);
        (await _desk.List(SpeechStatus.Pending, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[3], ids[2]]);
        (await _desk.Count()).ShouldBe(new JobCounts(2, 0, 1, 0, 1));
    }

    [Fact]
    public async Task The_same_key_is_the_same_job_and_with_another_request_it_is_refused()
    {
        var first = await _desk.Submit(Request("a"), "key");
        (await _desk.Submit(Request("a"), "key")).ShouldBe(first);
        (await _desk.Submit(Request("b"), "key")).Outcome.ShouldBe(JobOutcome.KeyReused);
        (await _desk.Submit(Request("a"), "other")).JobId.ShouldNotBe(first.JobId);
        (await _desk.Count()).Pending.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_holds_for_an_hour_also_when_its_job_was_cleared_and_after_a_restart()
    {
        var first = (await _desk.Submit(Request("a"), "key")).JobId;
        await Run(first);
        (await _desk.Clear()).ShouldBe(1);
        await using (var next = await Restart())
        {
            (await Desk(next).Submit(Request("a"), "key")).JobId.ShouldBe(first);
            (await next.Grains.GetGrain<IJobQueueGrain>(0).Take(Owner(next))).ShouldBeNull();
            next.Time.Advance(TimeSpan.FromMinutes(61));
            (await Desk(next).Submit(Request("b"), "key")).JobId.ShouldNotBe(first);
        }
    }

    [Fact]
    public async Task The_sixth_waiting_job_is_turned_away_with_a_time_and_one_that_runs_makes_room()
    {
        await SubmitMany(5);
        var refused = await _desk.Submit(Request("x"));
        refused.Outcome.ShouldBe(JobOutcome.Busy);
        refused.RetryAfter!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (await _desk.Count()).Pending.ShouldBe(5);
        await Queue.Take(Owner(_cluster));
        (await _desk.Submit(Request("x"))).Outcome.ShouldBe(JobOutcome.Accepted);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("job-catalog")]
    public async Task A_submission_whose_write_fails_is_not_a_job_unless_it_is_repeated(string state)
    {
        var submission = new JobSubmission { Id = Guid.NewGuid(), Request = Request("a"), DrawnSeed = 1, Key = new JobKey("k", "r") };
        _cluster.Storage.FailNext = state;
        await Should.ThrowAsync<OrleansException>(Catalog.Submit(submission));
        (await _desk.List(null, 50)).ShouldSatisfyAllConditions(page => page.Jobs.ShouldBeEmpty(), page => page.Total.ShouldBe(0));
        await using var next = await Restart();
        (await Desk(next).List(null, 50)).Total.ShouldBe(0);
        var again = submission with { Id = Guid.NewGuid() };
        var accepted = await next.Grains.GetGrain<IJobCatalogGrain>(0).Submit(again);
        (await Desk(next).Find(accepted.JobId))!.Status.ShouldBe(SpeechStatus.Pending);
        (await Desk(next).Count()).Pending.ShouldBe(1);
    }

    [Fact]
    public async Task A_stored_job_that_never_reached_the_queue_is_queued_in_its_place_after_a_restart()
    {
        var first = (await _desk.Submit(Request("first"))).JobId;
        var second = new JobSubmission { Id = Guid.NewGuid(), Request = Request("second"), DrawnSeed = 1 };
        _cluster.Storage.FailNext = "job-queue";
        await Should.ThrowAsync<OrleansException>(Catalog.Submit(second));
        await Queue.Remove(first);
        var third = (await _desk.Submit(Request("third"))).JobId;
        await using var next = await Restart();
        await next.Grains.GetGrain<IJobCatalogGrain>(0).Recover();
        (await TakeAll(next)).ShouldBe([first, second.Id, third]);
    }

    [Fact]
    public async Task A_desk_repeats_a_submission_that_broke_off_and_makes_one_job_of_it()
    {
        _cluster.Storage.FailNext = "job-queue";
        var accepted = await _desk.Submit(Request("a"));
        (await _desk.Count()).Pending.ShouldBe(1);
        (await TakeAll(_cluster)).ShouldBe([accepted.JobId]);
    }

    [Fact]
    public async Task Clearing_removes_what_has_ended_with_its_results_and_nothing_else()
    {
        var ids = await SubmitMany(3);
        var result = await Run(ids[0]);
        await _desk.Cancel(ids[1]);
        _cluster.Blobs.Keys.ShouldBe([result.Key]);
        (await _desk.Clear()).ShouldBe(2);
        _cluster.Blobs.Keys.ShouldBeEmpty();
        (await _desk.Find(ids[0])).ShouldBeNull();
        (await _desk.List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[2]]);
        (await _desk.Clear()).ShouldBe(0);
    }

    [Fact]
    public async Task Clearing_takes_a_bounded_number_of_jobs_at_a_time_and_a_clearing_that_broke_off_leaves_nothing_wrong()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var desk = Desk(cluster);
        for (var i = 0; i < 70; i++) await desk.Cancel((await desk.Submit(Request($"{i}"))).JobId);
        var catalog = cluster.Grains.GetGrain<IJobCatalogGrain>(0);
        (await catalog.ClearSome(null)).ShouldBe(new JobClearing(32, true));
        (await desk.Count()).Cancelled.ShouldBe(38);
        cluster.Storage.FailNext = "job-catalog";
        await Should.ThrowAsync<OrleansException>(catalog.ClearSome(null));
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false);
        await next.Grains.GetGrain<IJobCatalogGrain>(0).Recover();
        (await Desk(next).Count()).Cancelled.ShouldBe(6);
        (await Desk(next).Clear()).ShouldBe(6);
        (await Desk(next).List(null, 50)).Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("job-catalog-page")]
    [InlineData("job-catalog")]
    public async Task A_catalogue_of_several_pages_survives_a_write_that_fails_and_a_restart(string state)
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var desk = Desk(cluster);
        Guid[] ids = [.. await Task.WhenAll(Enumerable.Range(0, CatalogPages.Size).Select(async i => (await desk.Submit(Request($"{i}"), $"key {i}")).JobId))];
        cluster.Storage.FailNext = state;
        Guid[] more = [(await desk.Submit(Request("a"), "key a")).JobId, (await desk.Submit(Request("b"))).JobId];
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false);
        (await Desk(next).Submit(Request("7"), "key 7")).JobId.ShouldBe(ids[7]);
        (await Desk(next).Submit(Request("a"), "key a")).JobId.ShouldBe(more[0]);
        var all = await Desk(next).List(null, 500);
        all.Jobs.Select(job => job.Id).Take(2).ShouldBe([more[1], more[0]]);
        all.Jobs.Select(job => job.Id).ShouldBe([.. more, .. ids], ignoreOrder: true);
        await Task.WhenAll(ids.Select(Desk(next).Cancel));
        (await Desk(next).Clear()).ShouldBe(CatalogPages.Size);
        (await Desk(next).List(null, 500)).Jobs.Select(job => job.Id).ShouldBe([more[1], more[0]]);
        (await Desk(next).Submit(Request("7"), "key 7")).JobId.ShouldBe(ids[7], "keys outlive their jobs");
    }

    [Fact]
    public async Task What_ended_an_hour_ago_is_unknown_and_swept_with_results_that_lost()
    {
        var ids = await SubmitMany(2);
        var result = await Run(ids[0]);
        string[] others = [$"job_results/{ids[0]:D}-99.wav", $"job_results/{ids[1]:D}-1.wav", $"job_results/{Guid.NewGuid():D}-1.wav", "job_results/else.txt"];
        foreach (var key in others) await _cluster.Blobs.Write(key, new byte[1]);
        var sweep = new JobSweep(_cluster.Grains, _cluster.Blobs);
        await sweep.Sweep(_cluster.Time.GetUtcNow(), default);
        _cluster.Blobs.Keys.ShouldBe([result.Key, others[1], others[3]], ignoreOrder: true);
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        (await _desk.Find(ids[0])).ShouldBeNull();
        (await _desk.List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[1]]);
        await sweep.Sweep(_cluster.Time.GetUtcNow(), default);
        _cluster.Blobs.Keys.ShouldBe([others[1], others[3]], ignoreOrder: true);
        (await _desk.Find(ids[1])).ShouldNotBeNull();
    }

    [Fact]
    public async Task Jobs_and_their_places_survive_a_restart()
    {
        var ids = await SubmitMany(3);
        var result = await Run(ids[0]);
        await using var next = await Restart();
        (await Desk(next).List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[2], ids[1], ids[0]]);
        (await Desk(next).Find(ids[0]))!.Result.ShouldBe(result);
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
    public async Task Waiting_for_the_end_returns_when_the_job_is_cancelled_or_overtaken()
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
        var desk = Desk(cluster);
        var work = Enumerable.Range(0, 150).Select(async i =>
        {
            var id = (await desk.Submit(Request($"{i}"))).JobId;
            var job = cluster.Grains.GetGrain<IJobGrain>(id);
            await job.Claim(1);
            await job.Begin(1, Start);
            await job.Fail(1, "x");
        }).ToArray();
        var lists = Enumerable.Range(0, 10).Select(_ => desk.List(null, 500)).ToArray();
        await Task.WhenAll(work).WaitAsync(TimeSpan.FromSeconds(30));
        await Task.WhenAll(lists).WaitAsync(TimeSpan.FromSeconds(30));
        (await desk.Count()).Failed.ShouldBe(150);
    }

    private IJobCatalogGrain Catalog => _cluster.Grains.GetGrain<IJobCatalogGrain>(0);

    private IJobQueueGrain Queue => _cluster.Grains.GetGrain<IJobQueueGrain>(0);

    private static JobService Desk(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, TimeProvider.System);

    private static string Owner(GrainCluster cluster) => cluster.Silos[0].SiloAddress.ToParsableString();

    private static SpeechRequest Request(string text) => new() { Text = text, VoiceId = "v" };

    private Task<GrainCluster> Restart() => GrainCluster.Start(_cluster.Storage, loaded: false, blobs: _cluster.Blobs);

    private async Task<Guid[]> SubmitMany(int count)
    {
        var ids = new Guid[count];
        for (var i = 0; i < count; i++) ids[i] = (await _desk.Submit(Request($"job {i}"))).JobId;
        return ids;
    }

    /// <summary>What a runner does, in short.</summary>
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
