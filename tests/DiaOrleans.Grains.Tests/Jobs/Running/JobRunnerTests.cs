using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Jobs.Running;

/// <summary>The runner with real grains and a renderer that the test controls.</summary>
public sealed class JobRunnerTests : IAsyncLifetime
{
    private readonly SharedStorage _storage = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly FakeRenderer _renderer = new();
    private GrainCluster _cluster = null!;
    private JobService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await Start(_renderer);
        _service = Service(_cluster);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_job_is_pending_until_it_is_decoded_then_processing_then_completed_with_its_audio()
    {
        var id = await Submit("Hi.", seed: 42);
        var rendering = _renderer.Next();
        rendering.Id.ShouldBe(id);
        (await _service.Find(id))!.Status.ShouldBe(SpeechStatus.Pending);
        rendering.Begin();
        var processing = await Reached(id, SpeechStatus.Processing);
        processing.ShouldSatisfyAllConditions(
            job => job.ProcessedText.ShouldBe("[S1] Hi. [S1]"),
            job => job.AudioPromptUsed.ShouldBeTrue(),
            job => job.WorkerId.ShouldBe("worker_1"),
            job => job.StartedAt.ShouldNotBeNull());
        rendering.Finish();
        var completed = await Reached(id, SpeechStatus.Completed);
        completed.Result!.Size.ShouldBe(rendering.Audio.Length);
        completed.Result.Key.ShouldMatch($"^job_results/{id:D}-[0-9]+[.]wav$");
        _blobs[completed.Result.Key].ShouldBe(rendering.Audio);
        await rendering.Disposed;
    }

    [Fact]
    public async Task Jobs_run_in_the_order_of_acceptance_and_one_more_than_the_slots_is_taken()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 4; i++) ids.Add(await Submit($"job {i}"));
        var first = _renderer.Next();
        var second = _renderer.Next();
        first.Id.ShouldBe(ids[0]);
        second.Id.ShouldBe(ids[1]);
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
        var first = _renderer.Next();
        var second = _renderer.Next();
        (await _service.Cancel(cancelled)).ShouldBe(new JobCancellation(true, SpeechStatus.Cancelled));
        first.Finish();
        second.Finish();
        _renderer.Next().Id.ShouldBe(last);
        (await _service.Find(cancelled))!.Status.ShouldBe(SpeechStatus.Cancelled);
        await Reached(busy, SpeechStatus.Completed);
    }

    [Fact]
    public async Task Cancelling_a_running_job_stops_it_within_a_second_and_leaves_no_result()
    {
        var id = await Submit("a");
        var rendering = _renderer.Next();
        rendering.Begin();
        await Reached(id, SpeechStatus.Processing);
        (await _service.Cancel(id))!.Cancelled.ShouldBeTrue();
        var cancelledAt = TimeProvider.System.GetTimestamp();
        await rendering.Disposed;
        TimeProvider.System.GetElapsedTime(cancelledAt).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        rendering.Finish();
        var next = await Submit("b");
        _renderer.Next().Id.ShouldBe(next);
        (await _service.Find(id))!.Status.ShouldBe(SpeechStatus.Cancelled);
        _blobs.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_of_the_request_fails_the_job_with_its_message_and_another_error_with_a_general_one()
    {
        _renderer.Refusal = new SpeechAdmission
        {
            Outcome = AdmissionOutcome.VoiceNotFound,
            AvailableVoices = ["a", "b'c"],
            FurtherVoices = 2,
        };
        var job = await Reached(await Submit("x"), SpeechStatus.Failed);
        job.Error.ShouldBe("""Voice 'v' not found. Available voices: ['a', "b'c", ... and 2 more]""");

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
    public async Task A_job_that_busy_workers_refuse_stays_pending_and_runs_later()
    {
        _renderer.Refusal = new SpeechAdmission { Outcome = AdmissionOutcome.Busy, RetryAfter = TimeSpan.FromMilliseconds(50) };
        var id = await Submit("x");
        await GrainCluster.Until(() => Task.FromResult(_renderer.Asked >= 2));
        (await _service.Find(id))!.Status.ShouldBe(SpeechStatus.Pending);
        _renderer.Refusal = null;
        _renderer.Next().Finish();
        await Reached(id, SpeechStatus.Completed);
    }

    [Fact]
    public async Task A_rendering_that_fails_because_of_the_disk_releases_the_job_and_its_start_is_not_counted()
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
    [InlineData("log")]
    public async Task A_write_that_fails_is_repeated_and_nothing_is_rendered_twice(string step)
    {
        var id = await Submit("x");
        var rendering = _renderer.Next();
        if (step == "begin") _storage.FailNext = "job";
        rendering.Begin();
        await Reached(id, SpeechStatus.Processing);
        if (step == "complete") _storage.FailNext = "job";
        if (step == "blob") _blobs.Fault = new UnauthorizedAccessException("Access to the path is denied.");
        var entries = 0;
        if (step == "log") rendering.Log = () => ++entries < 3 ? throw new IOException("The log is away.") : Task.CompletedTask;
        rendering.Finish();
        if (step == "blob")
        {
            await GrainCluster.Until(() => Task.FromResult(_blobs.Refused >= 2));
            (await _service.Find(id))!.Status.ShouldBe(SpeechStatus.Processing);
            _blobs.Fault = null;
        }

        var job = await Reached(id, SpeechStatus.Completed);
        _blobs[job.Result!.Key].ShouldBe(rendering.Audio);
        _renderer.Asked.ShouldBe(1);
        entries.ShouldBe(step == "log" ? 3 : 0);
    }

    [Fact]
    public async Task A_job_whose_audio_cannot_be_stored_for_longer_than_the_limit_fails_and_the_next_one_runs()
    {
        await _cluster.Cluster.StopAllSilosAsync();
        var renderer = new FakeRenderer();
        await using var cluster = await Start(renderer, new JobOptions { JobRetryHours = 1.0 / 3600 });
        var id = (await Service(cluster).Submit(new SpeechRequest { Text = "x", VoiceId = "v" })).JobId;
        _blobs.Fault = new IOException("No space left on device");
        renderer.Next().Finish();
        (await Reached(cluster, id, SpeechStatus.Failed)).Error!.ShouldContain("met faults of the server");
        _blobs.Fault = null;
        var next = (await Service(cluster).Submit(new SpeechRequest { Text = "y", VoiceId = "v" })).JobId;
        renderer.Next().Finish();
        var completed = await Reached(cluster, next, SpeechStatus.Completed);
        _blobs.Keys.ShouldBe([completed.Result!.Key]);
    }

    [Fact]
    public async Task A_job_whose_end_cannot_be_listed_for_longer_than_the_limit_gives_its_lease_back_and_ends_once()
    {
        await _cluster.Cluster.StopAllSilosAsync();
        var renderer = new FakeRenderer();
        await using var cluster = await Start(renderer, new JobOptions { JobRetryHours = 1.0 / 3600 });
        var id = (await Service(cluster).Submit(new SpeechRequest { Text = "x", VoiceId = "v" })).JobId;
        var rendering = renderer.Next();
        rendering.Begin();
        await Reached(cluster, id, SpeechStatus.Processing);
        var failures = 0;
        _storage.Fault = (name, _) =>
        {
            if (name != "ended-jobs") return null;
            Interlocked.Increment(ref failures);
            return new IOException("The store does not answer.");
        };
        rendering.Finish();
        // Two attempts to complete the job, one to release it, and one to claim it again.
        await GrainCluster.Until(() => Task.FromResult(Volatile.Read(ref failures) >= 4));
        _storage.Fault = null;
        await GrainCluster.Until(async () => (await Service(cluster).List(null, 10)).Jobs.Any(job => job.Id == id));
        var queue = cluster.Grains.GetGrain<IJobQueueGrain>(JobShards.QueueKey(0));
        await GrainCluster.Until(async () => (await queue.List(null, 10)).Count == 0);
        (await Service(cluster).Find(id))!.ShouldSatisfyAllConditions(
            job => job.Status.ShouldBe(SpeechStatus.Completed), job => _blobs.Keys.ShouldBe([job.Result!.Key]));
        renderer.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Runs_that_wait_for_a_write_are_bounded_and_a_cancelled_one_ends_at_once()
    {
        _blobs.Fault = new IOException("No space left on device");
        Guid[] ids = [await Submit("a"), await Submit("b"), await Submit("c")];
        _renderer.Next().Finish();
        _renderer.Next().Finish();
        await GrainCluster.Until(() => Task.FromResult(_blobs.Refused >= 2));
        _renderer.Asked.ShouldBe(2);
        (await _service.Cancel(ids[0]))!.Cancelled.ShouldBeTrue();
        _renderer.Next().Id.ShouldBe(ids[2]);
    }

    [Fact]
    public async Task A_job_whose_preparation_hangs_does_not_delay_the_next_one()
    {
        var never = new TaskCompletionSource<SpeechAdmission>();
        _renderer.Preparing = never.Task;
        await Submit("hangs");
        await GrainCluster.Until(() => Task.FromResult(_renderer.Asked == 1));
        _renderer.Preparing = null;
        var id = await Submit("next");
        _renderer.Next().Finish();
        await Reached(id, SpeechStatus.Completed);
        never.SetResult(new SpeechAdmission { Outcome = AdmissionOutcome.Rejected, Reason = "late" });
    }

    [Fact]
    public async Task An_alias_is_rendered_with_its_voice_and_shown_as_sent()
    {
        var id = (await _service.Submit(new SpeechRequest { Text = "x", VoiceId = "nova" }, voice: "anna")).JobId;
        var rendering = _renderer.Next();
        rendering.Request.VoiceId.ShouldBe("anna");
        rendering.Finish();
        (await Reached(id, SpeechStatus.Completed)).Request.VoiceId.ShouldBe("nova");
    }

    [Fact]
    public async Task A_run_whose_job_was_leased_again_stops_and_publishes_nothing()
    {
        var id = await Submit("x");
        var first = _renderer.Next();
        first.Begin();
        await Reached(id, SpeechStatus.Processing);
        var job = _cluster.Grains.GetGrain<IJobGrain>(id);
        const long Newer = long.MaxValue / 2;
        (await job.Claim(Newer)).Assignment.ShouldNotBeNull();
        await first.Disposed;
        (await job.Fail(1, "late")).ShouldBeFalse();
        // The queue learns of the newer token, so that the job is not stuck behind it.
        _renderer.Next().Finish();
        var completed = await Reached(id, SpeechStatus.Completed);
        _blobs.Keys.ShouldBe([completed.Result!.Key]);
        (await job.Fail(Newer, "mine")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stopping_silo_releases_running_jobs_and_the_next_one_renders_them_with_the_same_seed()
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
    public async Task The_jobs_of_a_killed_silo_run_on_another_silo_at_once()
    {
        await using var cluster = await GrainCluster.Start(
            silos: 2,
            realTime: true,
            jobs: true,
            configure: services => services.AddSingleton<ISpeechRenderer>(_renderer));
        var service = Service(cluster);
        var submissions = Enumerable.Range(0, 8).Select(i => service.Submit(new SpeechRequest { Text = $"{i}", VoiceId = "v" }));
        Guid[] ids = [.. (await Task.WhenAll(submissions)).Select(accepted => accepted.JobId)];
        FakeRendering[] running = [.. Enumerable.Range(0, 4).Select(_ => _renderer.Next())];
        foreach (var rendering in running) rendering.Begin();
        await cluster.Cluster.KillSiloAsync(cluster.Silos[1]);
        foreach (var rendering in running) rendering.Finish();
        await GrainCluster.Until(async () =>
        {
            while (_renderer.TryNext() is { } rendering) rendering.Finish();
            return (await Task.WhenAll(ids.Select(service.Find))).All(job => job!.Status == SpeechStatus.Completed);
        });
        foreach (var job in await Task.WhenAll(ids.Select(service.Find)))
            cluster.Blobs[job!.Result!.Key].Length.ShouldBe((int)job.Result.Size);
    }

    private async Task<Guid> Submit(string text, long? seed = null) =>
        (await _service.Submit(new SpeechRequest { Text = text, VoiceId = "v", Seed = seed })).JobId;

    private Task<Job> Reached(Guid id, SpeechStatus status) => Reached(_cluster, id, status);

    private static async Task<Job> Reached(GrainCluster cluster, Guid id, SpeechStatus status)
    {
        await GrainCluster.Until(async () => (await Service(cluster).Find(id))!.Status == status);
        return (await Service(cluster).Find(id))!;
    }

    private static JobService Service(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);

    private Task<GrainCluster> Start(FakeRenderer renderer, JobOptions? options = null) => GrainCluster.Start(
        _storage,
        realTime: true,
        blobs: _blobs,
        jobs: true,
        configure: services => services.AddSingleton<ISpeechRenderer>(renderer).AddSingleton(options ?? new JobOptions()));
}
