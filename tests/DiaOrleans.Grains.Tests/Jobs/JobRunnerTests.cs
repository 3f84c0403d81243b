using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs;

/// <summary>The runner with real grains and a renderer that the test leads.</summary>
public sealed class JobRunnerTests : IAsyncLifetime
{
    private readonly SharedStorage _storage = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly FakeRenderer _renderer = new();
    private GrainCluster _cluster = null!;
    private JobService _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await Start(_renderer);
        _desk = Desk(_cluster);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_job_is_pending_until_a_slot_decodes_it_then_processing_then_completed_with_its_audio()
    {
        var id = await Submit("Hi.", seed: 42);
        var rendering = _renderer.Next();
        rendering.Id.ShouldBe(id);
        (await _desk.Find(id))!.Status.ShouldBe(SpeechStatus.Pending);
        rendering.Begin();
        var processing = await Reached(id, SpeechStatus.Processing);
        processing.ShouldSatisfyAllConditions(
            job => job.ProcessedText.ShouldBe("[S1] Hi. [S1]"), job => job.AudioPromptUsed.ShouldBeTrue(), job => job.WorkerId.ShouldBe("worker_1"), job => job.StartedAt.ShouldNotBeNull());
        rendering.Finish();
        var completed = await Reached(id, SpeechStatus.Completed);
        completed.Result!.Size.ShouldBe(rendering.Audio.Length);
        completed.Result.Key.ShouldBe($"job_results/{id:D}-1.wav");
        _blobs[completed.Result.Key].ShouldBe(rendering.Audio);
        await rendering.Disposed;
    }

    [Fact]
    public async Task Jobs_run_in_the_order_of_their_acceptance_and_no_more_are_taken_than_slots_and_one()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 4; i++) ids.Add(await Submit($"job {i}"));
        var first = _renderer.Next();
        var second = _renderer.Next();
        (first.Id, second.Id).ShouldBe((ids[0], ids[1]));
        _renderer.Asked.ShouldBe(2);
        first.Finish();
        _renderer.Next().Id.ShouldBe(ids[2]);
    }

    [Fact]
    public async Task A_cancelled_pending_job_never_runs()
    {
        var busy = await Submit("a");
        await Submit("b");
        var cancelled = await Submit("c");
        var last = await Submit("d");
        var (first, second) = (_renderer.Next(), _renderer.Next());
        (await _desk.Cancel(cancelled)).ShouldBe(new JobCancellation(true, SpeechStatus.Cancelled));
        first.Finish();
        second.Finish();
        _renderer.Next().Id.ShouldBe(last);
        (await _desk.Find(cancelled))!.Status.ShouldBe(SpeechStatus.Cancelled);
        await Reached(busy, SpeechStatus.Completed);
    }

    [Fact]
    public async Task Cancelling_a_running_job_stops_it_within_a_second_and_leaves_no_result()
    {
        var id = await Submit("a");
        var rendering = _renderer.Next();
        rendering.Begin();
        await Reached(id, SpeechStatus.Processing);
        (await _desk.Cancel(id))!.Cancelled.ShouldBeTrue();
        var asked = TimeProvider.System.GetTimestamp();
        await rendering.Disposed;
        TimeProvider.System.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        rendering.Finish();
        var next = await Submit("b");
        _renderer.Next().Id.ShouldBe(next);
        (await _desk.Find(id))!.Status.ShouldBe(SpeechStatus.Cancelled);
        _blobs.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_client_can_mend_fails_the_job_with_the_sentence()
    {
        _renderer.Refusal = new SpeechAdmission { Outcome = AdmissionOutcome.VoiceNotFound, AvailableVoices = ["a", "b'c"] };
        (await Reached(await Submit("x"), SpeechStatus.Failed)).Error.ShouldBe("""Voice 'v' not found. Available voices: ['a', "b'c"]""");
        _renderer.Refusal = new SpeechAdmission { Outcome = AdmissionOutcome.Rejected, Reason = "Text cannot be empty" };
        (await Reached(await Submit("x"), SpeechStatus.Failed)).Error.ShouldBe("Text cannot be empty");
        _renderer.Refusal = null;
        var id = await Submit("x");
        _renderer.Next().Fail(new RenderException("The model had nothing to say."));
        (await Reached(id, SpeechStatus.Failed)).Error.ShouldBe("The model had nothing to say.");
        id = await Submit("x");
        _renderer.Next().Fail(new RenderException("The worker was restarted.", passing: true));
        _renderer.Next().Fail(new InvalidOperationException("a secret"));
        (await Reached(id, SpeechStatus.Failed)).Error.ShouldBe("The server could not make the audio; its log says why.");
    }

    [Fact]
    public async Task A_job_that_meets_busy_workers_stays_pending_and_runs_later()
    {
        _renderer.Refusal = new SpeechAdmission { Outcome = AdmissionOutcome.Busy, RetryAfter = TimeSpan.FromMilliseconds(50) };
        var id = await Submit("x");
        await GrainCluster.Until(() => Task.FromResult(_renderer.Asked >= 2));
        (await _desk.Find(id))!.Status.ShouldBe(SpeechStatus.Pending);
        _renderer.Refusal = null;
        _renderer.Next().Finish();
        await Reached(id, SpeechStatus.Completed);
    }

    [Fact]
    public async Task A_rendering_that_meets_a_failing_disk_gives_the_job_back_and_the_start_does_not_count()
    {
        var id = await Submit("x");
        var first = _renderer.Next();
        first.Begin();
        await Reached(id, SpeechStatus.Processing);
        _storage.Stored<JobState>("job", id).Record!.Starts.ShouldBe(1);
        first.Fail(new IOException("No space left on device"));
        var second = _renderer.Next();
        _storage.Stored<JobState>("job", id).Record!.Starts.ShouldBe(0);
        second.Finish();
        await Reached(id, SpeechStatus.Completed);
    }

    [Theory]
    [InlineData("blob")]
    [InlineData("begin")]
    [InlineData("complete")]
    public async Task What_cannot_be_stored_for_now_is_kept_and_stored_later_and_nothing_is_rendered_twice(string step)
    {
        var id = await Submit("x");
        var rendering = _renderer.Next();
        if (step == "begin") _storage.FailNext = "job";
        rendering.Begin();
        await Reached(id, SpeechStatus.Processing);
        if (step == "complete") _storage.FailNext = "job";
        if (step == "blob") _blobs.Fault = new UnauthorizedAccessException("Access to the path is denied.");
        rendering.Finish();
        if (step == "blob")
        {
            await GrainCluster.Until(() => Task.FromResult(_blobs.Refused >= 2));
            (await _desk.Find(id))!.Status.ShouldBe(SpeechStatus.Processing);
            _blobs.Fault = null;
        }

        var job = await Reached(id, SpeechStatus.Completed);
        _blobs[job.Result!.Key].ShouldBe(rendering.Audio);
        _renderer.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task No_more_renderings_wait_for_their_write_than_slots_and_one_and_a_cancelled_one_lets_go_at_once()
    {
        _blobs.Fault = new IOException("No space left on device");
        Guid[] ids = [await Submit("a"), await Submit("b"), await Submit("c")];
        _renderer.Next().Finish();
        _renderer.Next().Finish();
        await GrainCluster.Until(() => Task.FromResult(_blobs.Refused >= 2));
        _renderer.Asked.ShouldBe(2);
        (await _desk.Cancel(ids[0]))!.Cancelled.ShouldBeTrue();
        _renderer.Next().Id.ShouldBe(ids[2]);
    }

    [Fact]
    public async Task A_job_whose_preparation_hangs_does_not_hold_up_the_next_one()
    {
        var never = new TaskCompletionSource<SpeechAdmission>();
        _renderer.Preparing = never.Task;
        await Submit("hangs");
        await GrainCluster.Until(() => Task.FromResult(_renderer.Asked == 1));
        _renderer.Preparing = null;
        var id = await Submit("goes on");
        _renderer.Next().Finish();
        await Reached(id, SpeechStatus.Completed);
        never.SetResult(new SpeechAdmission { Outcome = AdmissionOutcome.Rejected, Reason = "late" });
    }

    [Fact]
    public async Task The_voice_that_an_alias_stands_for_speaks_and_the_alias_is_shown()
    {
        var id = (await _desk.Submit(new SpeechRequest { Text = "x", VoiceId = "nova" }, voice: "anna")).JobId;
        var rendering = _renderer.Next();
        rendering.Request.VoiceId.ShouldBe("anna");
        rendering.Finish();
        (await Reached(id, SpeechStatus.Completed)).Request.VoiceId.ShouldBe("nova");
    }

    [Fact]
    public async Task An_attempt_that_was_overtaken_stops_and_publishes_nothing()
    {
        var id = await Submit("x");
        var first = _renderer.Next();
        first.Begin();
        await Reached(id, SpeechStatus.Processing);
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        (await job.Claim(100)).ShouldNotBeNull();
        await first.Disposed;
        (await job.Fail(1, "late")).ShouldBeFalse();
        (await _desk.Find(id))!.Status.ShouldBe(SpeechStatus.Processing);
        (await job.Fail(100, "mine")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stopping_silo_hands_running_jobs_back_and_the_next_one_makes_the_same_audio_from_the_same_seed()
    {
        var id = await Submit("x");
        var waiting = await Submit("y");
        var first = _renderer.Next();
        first.Begin();
        await Reached(id, SpeechStatus.Processing);
        await _cluster.Cluster.StopAllSilosAsync();
        await first.Disposed;
        var renderer = new FakeRenderer();
        await using var next = await Start(renderer);
        var again = renderer.Next();
        again.Id.ShouldBe(id);
        again.Request.Seed.ShouldNotBeNull();
        again.Request.ShouldBe(first.Request);
        again.Finish();
        renderer.Next().Finish();
        (await Reached(next, id, SpeechStatus.Completed)).Request.Seed.ShouldBeNull();
        await Reached(next, waiting, SpeechStatus.Completed);
    }

    [Fact]
    public async Task The_jobs_of_a_killed_silo_run_on_the_other_one_at_once()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true, jobs: true, configure: services => services.AddSingleton<ISpeechRenderer>(_renderer));
        var desk = Desk(cluster);
        Guid[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => (await desk.Submit(new SpeechRequest { Text = $"{i}", VoiceId = "v" })).JobId))];
        FakeRendering[] running = [.. Enumerable.Range(0, 4).Select(_ => _renderer.Next())];
        foreach (var rendering in running) rendering.Begin();
        await cluster.Cluster.KillSiloAsync(cluster.Silos[1]);
        foreach (var rendering in running) rendering.Finish();
        await GrainCluster.Until(async () =>
        {
            while (_renderer.TryNext() is { } rendering) rendering.Finish();
            return (await Task.WhenAll(ids.Select(desk.Find))).All(job => job!.Status == SpeechStatus.Completed);
        });
        foreach (var job in await Task.WhenAll(ids.Select(desk.Find))) cluster.Blobs[job!.Result!.Key].Length.ShouldBe((int)job.Result.Size);
    }

    private async Task<Guid> Submit(string text, long? seed = null) => (await _desk.Submit(new SpeechRequest { Text = text, VoiceId = "v", Seed = seed })).JobId;

    private Task<Job> Reached(Guid id, SpeechStatus status) => Reached(_cluster, id, status);

    private static async Task<Job> Reached(GrainCluster cluster, Guid id, SpeechStatus status)
    {
        await GrainCluster.Until(async () => (await Desk(cluster).Find(id))!.Status == status);
        return (await Desk(cluster).Find(id))!;
    }

    private static JobService Desk(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, TimeProvider.System);

    private Task<GrainCluster> Start(FakeRenderer renderer) => GrainCluster.Start(
        _storage, realTime: true, blobs: _blobs, jobs: true, configure: services => services.AddSingleton<ISpeechRenderer>(renderer));
}
