using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Jobs.Running;

/// <summary>Jobs of several segments whose run is broken off, with real grains and a real renderer.</summary>
public sealed class ResumedJobTests
{
    private const int Segments = 4;
    private const string Text =
        "[S1] The lamp is still on, and the door is open. [S2] Then close it, please, before it rains. "
        + "[S1] The rain has stopped, and the wind as well. [S2] So there is no reason to hurry home.";

    private readonly SharedStorage _storage = new();
    private readonly MemoryBlobs _blobs = new();

    [Theory]
    [InlineData("wav", 1)]
    [InlineData("flac", 1.3)]
    public async Task A_job_whose_silo_dies_speaks_only_the_running_segment_again(string format, double speed)
    {
        var request = Request(format, speed);
        var undisturbed = await Undisturbed(request);
        Guid id;
        await using (var first = await Start())
        {
            id = await SubmitAndSpeakTwoAndAPart(first, request);
            await GrainCluster.Until(() => Task.FromResult(_storage.Rows("job-segment") == 2));
            await first.Cluster.KillSiloAsync(first.Silos[0]);
        }

        await using var second = await SpeechCluster.StartWithJobs(_storage, _blobs);
        int[] made = [.. Enumerable.Range(0, Segments).Select(_ => second.Engine.Next().Speak())];
        // A silo that the test kills may still store what it has made of the segment.
        made[2].ShouldBeOneOf(ScriptedSpeech.Frames, ScriptedSpeech.Frames - 20);
        made.ShouldBe([0, 0, made[2], ScriptedSpeech.Frames]);
        (await Result(second, id)).ShouldBe(undisturbed);
        second.Engine.Admitted.ShouldBe(Segments);
        _storage.Rows("job-segment").ShouldBe(0);
    }

    [Theory]
    [InlineData("wav", 1)]
    [InlineData("flac", 1.3)]
    public async Task A_job_whose_server_stops_goes_on_behind_the_last_code_after_the_next_start(string format, double speed)
    {
        var request = Request(format, speed);
        var undisturbed = await Undisturbed(request);
        Guid id;
        await using (var first = await Start())
        {
            id = await SubmitAndSpeakTwoAndAPart(first, request);
            var job = first.Grains.GetGrain<IJobGrain>(id);
            await GrainCluster.Until(async () => await job.FindSegment(2) is { IsWhole: false, Codes.Frames: 20 });
            await first.Cluster.StopAllSilosAsync();
        }

        _storage.Rows("job-segment").ShouldBe(3);
        await using var second = await SpeechCluster.StartWithJobs(_storage, _blobs);
        int[] made = [.. Enumerable.Range(0, Segments).Select(_ => second.Engine.Next().Speak())];
        made.ShouldBe([0, 0, ScriptedSpeech.Frames - 20, ScriptedSpeech.Frames]);
        (await Result(second, id)).ShouldBe(undisturbed);
        _storage.Rows("job-segment").ShouldBe(0);
    }

    [Fact]
    public async Task A_segment_whose_engine_breaks_goes_on_behind_its_codes_in_the_next_run()
    {
        var request = Request("wav", 1);
        var undisturbed = await Undisturbed(request);
        await using var cluster = await Start();
        var id = await Submit(cluster, request);
        cluster.Engine.Next().Speak();
        await GrainCluster.Until(async () => (await Service(cluster).Find(id))!.Status == SpeechStatus.Processing);
        Break(cluster.Engine.Next());
        int[] made = [.. Enumerable.Range(0, Segments).Select(_ => cluster.Engine.Next().Speak())];
        made.ShouldBe([0, ScriptedSpeech.Frames - 20, ScriptedSpeech.Frames, ScriptedSpeech.Frames]);
        (await Result(cluster, id)).ShouldBe(undisturbed);
        (await Service(cluster).Find(id))!.Status.ShouldBe(SpeechStatus.Completed);
    }

    [Fact]
    public async Task A_segment_whose_engine_breaks_goes_on_at_another_silo_in_the_same_run()
    {
        var request = Request("wav", 1);
        var undisturbed = await Undisturbed(request);
        await using var cluster = await Start(silos: 2);
        var id = await Submit(cluster, request);
        await GrainCluster.Until(() => Task.FromResult(cluster.Engines.Any(engine => engine.Admitted > 0)));
        var broken = cluster.Engines.First(engine => engine.Admitted > 0);
        var other = cluster.Engines.First(engine => engine != broken);
        broken.Next().Speak();
        Break(broken.Next());
        var rest = other.Next();
        (rest.Call.Made!.Rows, rest.Call.SamplesReceived).ShouldBe((20, 18 * 320));
        rest.Speak().ShouldBe(ScriptedSpeech.Frames - 20);
        other.Next().Speak();
        other.Next().Speak();
        (await Result(cluster, id)).ShouldBe(undisturbed);
        cluster.Engines.Sum(engine => engine.Admitted).ShouldBe(Segments + 1);
    }

    [Fact]
    public async Task Segments_that_cannot_be_stored_at_once_are_stored_with_the_next_one()
    {
        await using var cluster = await Start();
        _storage.FailNext = "job-segment";
        await Submit(cluster, Request("wav", 1));
        cluster.Engine.Next().Speak();
        cluster.Engine.Next().Speak();
        cluster.Engine.Next();
        await GrainCluster.Until(() => Task.FromResult(_storage.Rows("job-segment") == 2));
    }

    [Fact]
    public async Task A_cancelled_job_leaves_no_segment()
    {
        await using var cluster = await Start();
        var id = await Submit(cluster, Request("wav", 1));
        cluster.Engine.Next().Speak();
        var running = cluster.Engine.Next();
        await GrainCluster.Until(() => Task.FromResult(_storage.Rows("job-segment") == 1));
        (await Service(cluster).Cancel(id))!.Cancelled.ShouldBeTrue();
        _storage.Rows("job-segment").ShouldBe(0);
        running.Speak();
        (await cluster.Grains.GetGrain<IJobGrain>(id).FindSegment(0)).ShouldBeNull();
    }

    [Fact]
    public async Task Segments_of_a_voice_that_has_changed_since_are_made_again()
    {
        Guid id;
        await using (var first = await Start())
        {
            id = await Submit(first, Request("wav", 1) with { Text = Text.Replace("[S1]", "").Replace("[S2]", "") });
            first.Engine.Next().Speak();
            first.Engine.Next();
            await GrainCluster.Until(() => Task.FromResult(_storage.Rows("job-segment") == 1));
            await first.Voice("v").Put(new VoiceSettings("neutral", "S2", null, null));
        }

        await using var second = await SpeechCluster.StartWithJobs(_storage, _blobs);
        var again = second.Engine.Next();
        again.Call.Text.ShouldStartWith("[S2]");
        again.Call.Made.ShouldBeNull();
    }

    private static void Break(SpeechRun run)
    {
        run.SpeakUpTo(20);
        run.Fail(new EngineBrokenException(new EngineFault("It broke.", IsStalled: false)));
    }

    private static SpeechRequest Request(string format, double speed) =>
        new() { Text = Text, VoiceId = "v", Seed = 7, Format = format, Speed = speed };

    /// <summary>The audio of a run that nothing breaks off.</summary>
    private static async Task<byte[]> Undisturbed(SpeechRequest request)
    {
        await using var cluster = await StartWithVoice(new SharedStorage(), new MemoryBlobs(), 1);
        var id = await Submit(cluster, request);
        for (var segment = 0; segment < Segments; segment++) cluster.Engine.Next().Speak().ShouldBe(ScriptedSpeech.Frames);
        return await Result(cluster, id);
    }

    private Task<GrainCluster> Start(int silos = 1) => StartWithVoice(_storage, _blobs, silos);

    private static async Task<GrainCluster> StartWithVoice(SharedStorage storage, MemoryBlobs blobs, int silos)
    {
        var cluster = await SpeechCluster.StartWithJobs(storage, blobs, silos);
        await cluster.Voice("v").Put(new VoiceSettings("neutral", "S1", null, null));
        return cluster;
    }

    /// <summary>Two segments are made, and 20 frames of the third.</summary>
    private static async Task<Guid> SubmitAndSpeakTwoAndAPart(GrainCluster cluster, SpeechRequest request)
    {
        var id = await Submit(cluster, request);
        cluster.Engine.Next().Speak();
        cluster.Engine.Next().Speak();
        cluster.Engine.Next().SpeakUpTo(20);
        return id;
    }

    private static async Task<Guid> Submit(GrainCluster cluster, SpeechRequest request) => (await Service(cluster).Submit(request)).JobId;

    private static async Task<byte[]> Result(GrainCluster cluster, Guid id)
    {
        await GrainCluster.Until(async () => (await Service(cluster).Find(id))!.Status.IsFinal());
        return cluster.Blobs[(await Service(cluster).Find(id))!.Result!.Key];
    }

    private static JobService Service(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);
}
