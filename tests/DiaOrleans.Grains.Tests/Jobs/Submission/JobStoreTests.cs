using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Queue;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

/// <summary>Jobs on real grains, without a runner.</summary>
public sealed class JobStoreTests : IAsyncLifetime
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
            (await TakeAll(next)).ShouldBeEmpty();
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
        await Take(_cluster);
        (await _service.Submit(Request("x"))).Outcome.ShouldBe(JobOutcome.Accepted);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("job-queue-segment")]
    [InlineData("job-queue-head")]
    [InlineData("job-keys")]
    public async Task A_submission_whose_write_fails_is_repeated_and_gives_one_job(string state)
    {
        await _service.Submit(Request("first"), "other");
        _cluster.Storage.FailNext = state;
        var accepted = await _service.Submit(Request("a"), "key");
        (await _service.Submit(Request("a"), "key")).ShouldBe(accepted);
        (await _service.List(null, 50)).Jobs.Select(job => job.Id).ShouldContain(accepted.JobId);
        (await _service.Count()).Pending.ShouldBe(2);
        (await TakeAll(_cluster)).ShouldContain(accepted.JobId);
    }

    [Fact]
    public async Task A_place_without_a_job_is_neither_listed_nor_run_and_no_late_write_makes_it_a_job()
    {
        var id = Guid.NewGuid();
        var place = await Queue.Enqueue(id);
        (await _service.List(null, 50)).ShouldSatisfyAllConditions(page => page.Jobs.ShouldBeEmpty(), page => page.Total.ShouldBe(0));
        (await TakeAll(_cluster)).ShouldBeEmpty();
        (await _service.Find(id)).ShouldBeNull();
        await using var next = await Restart();
        var lease = (await Take(next)).ShouldHaveSingleItem();
        lease.JobId.ShouldBe(id);
        (await next.Grains.GetGrain<IJobGrain>(id).Claim(lease.Token)).ShouldBe(new JobClaim(null, HasEnded: true, lease.Token));
        await QueueOf(next).Complete(lease);
        // The silo of before the restart thaws in the middle of its submission.
        var late = new JobSubmission { Id = id, Request = Request("late"), DrawnSeed = 1, Queue = "default/0", Sequence = place.Sequence };
        await Should.ThrowAsync<OrleansException>(_cluster.Grains.GetGrain<IJobGrain>(id).Submit(late));
        (await _cluster.Grains.GetGrain<IJobGrain>(id).Submit(late)).ShouldBe(StoredJob.Abandoned);
        (await Service(next).List(null, 50)).Total.ShouldBe(0);
        (await Service(next).Count()).Total.ShouldBe(0);
        next.Time.Advance(TimeSpan.FromMinutes(61));
        await next.Grains.ClearEndedJobs(next.Time.GetUtcNow() - JobRetention.Time);
        next.Storage.Rows("job").ShouldBe(0);
    }

    [Fact]
    public async Task A_job_that_a_replaced_activation_does_not_know_is_read_from_the_store()
    {
        var id = Guid.NewGuid();
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        (await job.Get()).ShouldBeNull();
        await using var next = await Restart();
        await next.Grains.GetGrain<IJobGrain>(id).Submit(
            new JobSubmission { Id = id, Request = Request("a"), DrawnSeed = 1, Queue = "default/0", Sequence = 1 });
        await Should.ThrowAsync<OrleansException>(job.Claim(1));
        (await job.Claim(1)).Assignment.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_key_whose_first_submission_was_given_up_gets_another_job()
    {
        _cluster.Storage.Fault = (name, _) => name == "job" ? new IOException("The store does not answer.") : null;
        await Should.ThrowAsync<OrleansException>(_service.Submit(Request("a"), "key"));
        _cluster.Storage.Fault = null;
        await using var next = await Restart();
        var lease = (await Take(next)).ShouldHaveSingleItem();
        (await next.Grains.GetGrain<IJobGrain>(lease.JobId).Claim(lease.Token)).HasEnded.ShouldBeTrue();
        await QueueOf(next).Complete(lease);
        var accepted = await Service(next).Submit(Request("a"), "key");
        accepted.JobId.ShouldNotBe(lease.JobId);
        (await Service(next).Submit(Request("a"), "key")).ShouldBe(accepted);
        (await TakeAll(next)).ShouldBe([accepted.JobId]);
    }

    [Fact]
    public async Task A_job_ends_once_it_is_in_the_catalogue_and_the_end_is_repeated_if_that_fails()
    {
        var id = (await SubmitMany(1))[0];
        var lease = (await Take(_cluster)).ShouldHaveSingleItem();
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        await job.Claim(lease.Token);
        await job.Begin(lease.Token, Start);
        var result = new JobResult($"job_results/{id:D}-1.wav", 3);
        _cluster.Storage.FailNext = "ended-jobs";
        await Should.ThrowAsync<OrleansException>(job.Complete(lease.Token, result));
        (await _service.List(SpeechStatus.Completed, 50)).Jobs.ShouldBeEmpty("its row is stored, its end is not listed yet");
        (await _service.List(null, 50)).Jobs.ShouldHaveSingleItem().Id.ShouldBe(id);
        await using var next = await Restart();
        var again = (await Take(next)).ShouldHaveSingleItem();
        (await next.Grains.GetGrain<IJobGrain>(id).Claim(again.Token)).HasEnded.ShouldBeTrue();
        await QueueOf(next).Complete(again);
        (await Service(next).List(SpeechStatus.Completed, 50)).Jobs.ShouldHaveSingleItem().Result.ShouldBe(result);
        (await Service(next).Count()).ShouldBe(new JobCounts(0, 0, 1, 0, 0));
    }

    [Fact]
    public async Task Jobs_of_several_shards_are_taken_in_turn_and_none_is_left_behind_by_a_lower_setting()
    {
        await using var cluster = await GrainCluster.Start(loaded: false, configure: Shards(4));
        var service = Service(cluster, 4);
        var submissions = Enumerable.Range(0, 24).Select(i => service.Submit(Request($"{i}")));
        Guid[] ids = [.. (await Task.WhenAll(submissions)).Select(accepted => accepted.JobId)];
        (await service.Count()).Pending.ShouldBe(24);
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false, configure: Shards(1));
        (await Service(next).List(null, 50)).Jobs.Select(job => job.Id).ShouldBe(ids, ignoreOrder: true);
        var taken = new List<Guid>();
        foreach (var queue in await new JobQueues(next.Grains, new JobOptions()).All())
            taken.AddRange((await queue.Take(Taker(next), 100)).Select(lease => lease.JobId));
        taken.ShouldBe(ids, ignoreOrder: true);

        static Action<IServiceCollection> Shards(int count) =>
            services => services.AddSingleton(new JobOptions { JobQueueShards = count });
    }

    [Fact]
    public async Task Jobs_beyond_the_limit_of_kept_ones_go_in_the_order_of_their_ends()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = Service(cluster);
        var ids = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add((await service.Submit(Request($"{i}"))).JobId);
            await service.Cancel(ids[^1]);
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await cluster.Grains.ClearBeyond(12)).ShouldBe(0);
        (await cluster.Grains.ClearBeyond(5)).ShouldBe(7);
        (await service.List(null, 50)).Jobs.Select(job => job.Id).ShouldBe(Enumerable.Reverse(ids).Take(5));
        cluster.Storage.Rows("job").ShouldBe(5);
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
    public async Task A_batch_of_clearing_that_fails_is_repeated_after_a_restart_and_nobody_waits_for_it()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var service = Service(cluster);
        for (var i = 0; i < 70; i++) await service.Cancel((await service.Submit(Request($"{i}"))).JobId);
        cluster.Storage.FailNext = "ended-jobs";
        await Should.ThrowAsync<OrleansException>(cluster.Grains.ClearEndedJobs(null));
        var left = (await service.List(null, 100)).Jobs.Count;
        left.ShouldBeLessThan(70, "a deleted job is not listed");
        await using var next = await GrainCluster.Start(cluster.Storage, loaded: false);
        await Service(next).Clear();
        (await Service(next).List(null, 50)).Total.ShouldBe(0);
        next.Storage.Rows("job").ShouldBe(0);
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
        var old = (await Take(_cluster)).ShouldHaveSingleItem();
        await using var next = await Restart();
        var lease = (await Take(next)).ShouldHaveSingleItem();
        lease.JobId.ShouldBe(ids[0]);
        lease.Token.ShouldBeGreaterThan(old.Token);
        (await next.Grains.GetGrain<IJobGrain>(ids[0]).Claim(lease.Token)).Assignment.ShouldNotBeNull();
        (await next.Grains.GetGrain<IJobGrain>(ids[0]).Claim(old.Token)).ShouldBe(new JobClaim(null, HasEnded: false, lease.Token));
        (await Take(next)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lease_and_a_removal_are_stored_with_the_next_place_or_a_quarter_of_a_second_later()
    {
        var first = (await SubmitMany(1))[0];
        var before = _cluster.Storage.Writes;
        var lease = (await Take(_cluster)).ShouldHaveSingleItem();
        await Queue.Complete(lease);
        _cluster.Storage.Writes.ShouldBe(before, "nobody waits for them");
        await SubmitMany(1);
        _cluster.Storage.Writes.ShouldBe(before + 2, "the place with the removal, and the job");
        await using var next = await Restart();
        (await Take(next)).ShouldHaveSingleItem().JobId.ShouldNotBe(first);
        var leased = next.Storage.Writes;
        await GrainCluster.Until(() =>
        {
            next.Time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(next.Storage.Writes > leased);
        });
    }

    [Fact]
    public async Task A_job_that_has_ended_and_whose_removal_was_not_stored_is_counted_once_and_leaves_the_queue_when_it_is_taken()
    {
        var id = (await SubmitMany(1))[0];
        var lease = (await Take(_cluster)).ShouldHaveSingleItem();
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        await job.Claim(lease.Token);
        await job.Begin(lease.Token, Start);
        (await job.Complete(lease.Token, new JobResult($"job_results/{id:D}-{lease.Token}.wav", 3))).ShouldBeTrue();
        await Queue.Complete(lease);
        await using var next = await Restart();
        (await Service(next).Count()).ShouldBe(new JobCounts(0, 0, 1, 0, 0));
        (await Service(next).List(null, 50)).Jobs.ShouldHaveSingleItem().Status.ShouldBe(SpeechStatus.Completed);
        var again = (await Take(next)).ShouldHaveSingleItem();
        (await next.Grains.GetGrain<IJobGrain>(id).Claim(again.Token)).HasEnded.ShouldBeTrue();
        await QueueOf(next).Complete(again);
        (await TakeAll(next)).ShouldBeEmpty();
        (await Service(next).Count()).ShouldBe(new JobCounts(0, 0, 1, 0, 0));
    }

    [Fact]
    public async Task One_job_wakes_one_waiting_runner()
    {
        var waits = Enumerable.Range(0, 3).Select(_ => Queue.WaitForWork(TimeSpan.FromSeconds(20))).ToList();
        await SubmitMany(1);
        var woken = await Task.WhenAny(waits).WaitAsync(TimeSpan.FromSeconds(20));
        waits.Remove(woken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        waits.ShouldAllBe(wait => !wait.IsCompleted);
        await SubmitMany(2);
        await Take(_cluster);
        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(20));
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
    public async Task A_failed_write_of_a_job_ends_its_waits_so_that_the_next_call_does_not_wait_for_them()
    {
        var ids = await SubmitMany(1);
        var job = _cluster.Grains.GetGrain<IJobGrain>(ids[0]);
        await job.Claim(1);
        Task[] waits = [job.WaitForEnd(1, TimeSpan.FromSeconds(10)), job.Watch(long.MaxValue, TimeSpan.FromSeconds(20))];
        await FailUntilEnded(waits, "job", () => job.Begin(1, Start));
        (await job.Begin(1, Start).WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_failed_write_of_the_queue_ends_the_waits_of_its_runners()
    {
        Task[] waits = [.. Enumerable.Range(0, 3).Select(_ => Queue.WaitForWork(TimeSpan.FromSeconds(20)))];
        await FailUntilEnded(waits, "job-queue-segment", () => Queue.Enqueue(Guid.NewGuid()));
        await SubmitMany(1).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_start_on_a_store_that_takes_no_writes_lists_jobs_and_accepts_some_when_it_takes_them_again()
    {
        var ids = await SubmitMany(2);
        await Run(ids[0]);
        _cluster.Storage.Fault = (_, isAfter) => isAfter ? null : new IOException("No space left on device");
        await using var next = await Restart();
        (await Service(next).List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([ids[1], ids[0]]);
        (await Service(next).Count()).ShouldBe(new JobCounts(1, 0, 1, 0, 0));
        await Should.ThrowAsync<OrleansException>(Service(next).Submit(Request("a"), "key"));
        await Should.ThrowAsync<OrleansException>(Service(next).Submit(Request("a")));
        await Should.ThrowAsync<OrleansException>(Service(next).Clear());
        await Should.ThrowAsync<OrleansException>(Take(next));
        _cluster.Storage.Fault = null;
        var accepted = (await Service(next).Submit(Request("a"), "key")).JobId;
        (await Service(next).List(null, 50)).Jobs.Select(job => job.Id).ShouldBe([accepted, ids[1], ids[0]]);
        (await TakeAll(next)).ShouldBe([ids[1], accepted]);
        // Each shard of the catalogue takes over when it is asked to change.
        await GrainCluster.Until(() => TryClear(next));
        (await Service(next).List(SpeechStatus.Completed, 50)).Jobs.ShouldBeEmpty();

        static async Task<bool> TryClear(GrainCluster cluster)
        {
            try
            {
                await Service(cluster).Clear();
                return true;
            }
            catch (OrleansException)
            {
                return false;
            }
        }
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

    /// <summary>
    /// Lets a write fail, while the clock stands still, until calls that wait for the clock have ended. It is repeated because it may come
    /// before them.
    /// </summary>
    private Task FailUntilEnded(IReadOnlyList<Task> waits, string state, Func<Task> write) => GrainCluster.Until(async () =>
    {
        _cluster.Storage.FailNext = state;
        await Should.ThrowAsync<OrleansException>(write);
        return waits.All(wait => wait.IsCompletedSuccessfully);
    });

    private IJobQueueGrain Queue => QueueOf(_cluster);

    private static IJobQueueGrain QueueOf(GrainCluster cluster) => cluster.Grains.GetGrain<IJobQueueGrain>("default/0");

    private static JobService Service(GrainCluster cluster, int shards = 1) =>
        new(cluster.Grains, cluster.Blobs, new JobOptions { JobQueueShards = shards }, TimeProvider.System);

    private static JobTaker Taker(GrainCluster cluster) => new(cluster.Silos[0].SiloAddress.ToParsableString(), 0);

    private static Task<IReadOnlyList<JobLease>> Take(GrainCluster cluster) => QueueOf(cluster).Take(Taker(cluster), 1);

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
        (await job.Claim(7)).Assignment.ShouldNotBeNull();
        (await job.Begin(7, Start)).ShouldBeTrue();
        await _cluster.Blobs.Write(result.Key, new byte[3]);
        (await job.Complete(7, result)).ShouldBeTrue();
        await Queue.Remove(id);
        return result;
    }

    private static async Task<IReadOnlyList<Guid>> TakeAll(GrainCluster cluster) =>
        [.. (await QueueOf(cluster).Take(Taker(cluster), 1000)).Select(lease => lease.JobId)];
}
