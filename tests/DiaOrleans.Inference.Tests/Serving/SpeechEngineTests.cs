using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>The engine with the shipped model.</summary>
public sealed class SpeechEngineTests
{
    private const int AloneSeeds = 3;
    private static readonly Lazy<Task<SpeechClip[]>> AloneClips = new(MakeAlone);
    private const string Text = "[S1] The lamp is still on. [S1]";

    [Fact]
    public async Task A_call_gives_samples_for_its_frames()
    {
        await using var engine = Open();
        var clip = await Start(engine, 7).Clip();
        clip.EndedByItself.ShouldBeTrue();
        clip.Samples.Length.ShouldBe(clip.Codes.Rows * 1024);
        engine.Load.Active.ShouldBe(0);
        engine.Load.BacklogSeconds.ShouldBe(0);
        engine.Load.RealTimeFactor.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task Codes_and_samples_depend_neither_on_neighbours_nor_on_the_number_of_slots(int slots)
    {
        var alone = await AloneClips.Value;
        await using var engine = Open(slots);
        var runs = new List<(long Seed, Task<SpeechClip> Clip)>();
        for (var i = 0; i < slots + 2; i++)
        {
            var seed = i % AloneSeeds;
            runs.Add((seed, Start(engine, seed, maxFrames: 20 + 5 * seed).Clip()));
            // The slots are at different rows, and the last calls enter slots that others have left.
            if (i % 3 == 0) await runs[i / 2].Clip;
        }

        foreach (var (seed, making) in runs)
        {
            var clip = await making;
            clip.Codes.Cells.ToArray().ShouldBe(alone[seed].Codes.Cells.ToArray());
            clip.Samples.ShouldBe(alone[seed].Samples);
        }
    }

    [Fact]
    public async Task A_prompt_is_continued_and_not_repeated()
    {
        await using var engine = Open();
        var first = await Start(engine, 7).Clip();
        var call = new SpeechCall
        {
            TextIds = TextIds.Encode("[S1] The lamp is still on. I did not expect you so soon."),
            MaxFrames = 200,
            Seed = 7,
            Prompt = first.Codes,
        };
        var next = await engine.TryStart(call).Run!.Clip();
        next.Samples.Length.ShouldBe(next.Codes.Rows * 1024);
        next.Codes.Rows.ShouldBeInRange(20, 60);
    }

    [Fact]
    public async Task The_frame_cap_ends_a_call()
    {
        await using var engine = Open();
        var clip = await Start(engine, 7, maxFrames: 5).Clip();
        (clip.Codes.Rows, clip.EndedByItself).ShouldBe((5, false));
    }

    [Fact]
    public async Task A_cancelled_call_frees_its_slot_for_the_next()
    {
        await using var engine = Open();
        var long1 = engine.TryStart(new SpeechCall { TextIds = TextIds.Encode("[S1] 1234 5678 [S1]"), MaxFrames = 480, Seed = 1 }).Run!;
        var waiting = Start(engine, 2);
        var next = Start(engine, 3);
        waiting.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(waiting.Clip());
        long1.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(long1.Clip());
        (await next.Clip()).Codes.Rows.ShouldBeGreaterThan(5);
        engine.Load.BacklogSeconds.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_the_model_cannot_serve_is_refused_with_a_reason()
    {
        await using var engine = Open();
        var call = Call(0, maxFrames: 10);
        Refused(call with { TextIds = [] }).ShouldContain("no text");
        Refused(call with { TextIds = TextIds.Encode(new string('a', 513)) }).ShouldContain("513");
        Refused(call with { MaxFrames = 0 }).ShouldContain("frame");
        Refused(call with { Prompt = new CodeGrid(510, 9) }).ShouldContain("no room");
        Refused(call with { Prompt = new CodeGrid(10, 4) }).ShouldContain("codebooks");
        Refused(call with { Prompt = new CodeGrid([1024, 0, 0, 0, 0, 0, 0, 0, 0], 9) }).ShouldContain("1024");
        Refused(call with { Made = new CodeGrid(11, 9) }).ShouldContain("11 frames");
        Refused(call with { Made = new CodeGrid(2, 4) }).ShouldContain("codebooks");
        Refused(call with { Made = new CodeGrid(2, 9), SamplesReceived = 2 * 1024 + 1 }).ShouldContain("2048");
        Refused(call with { SamplesReceived = -1 }).ShouldContain("-1 samples");

        string Refused(SpeechCall call)
        {
            var answer = engine.TryStart(call);
            (answer.Run, answer.Refusal).ShouldBe((null, EngineRefusal.Unservable));
            return answer.Reason!;
        }
    }

    [Fact]
    public async Task A_full_engine_gives_a_time_to_retry()
    {
        await using var engine = Open(maxWaitingSeconds: 1);
        var run = Start(engine, 1);
        EngineAdmission answer;
        do answer = engine.TryStart(Call(1, maxFrames: 100));
        while (answer.Run is not null);
        answer.Refusal.ShouldBe(EngineRefusal.Busy);
        answer.RetryAfter!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        await run.Clip();
    }

    [Fact]
    public async Task Draining_finishes_what_was_admitted_and_admits_no_more()
    {
        await using var engine = Open();
        var runs = new[] { Start(engine, 1), Start(engine, 2) };
        var recording = engine.TryEncode(new float[16000]).Run!;
        var drained = engine.DrainAsync(CancellationToken.None);
        engine.TryStart(Call(1, maxFrames: 10)).Refusal.ShouldBe(EngineRefusal.Draining);
        engine.TryEncode([0]).Refusal.ShouldBe(EngineRefusal.Draining);
        await drained;
        (await recording.Clip()).Codes.Rows.ShouldBe(16);
        foreach (var run in runs) (await run.Clip()).Samples.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_engine_that_is_disposed_of_ends_its_calls()
    {
        var engine = Open();
        var runs = Enumerable.Range(0, 4).Select(i => Start(engine, i)).ToArray();
        var recording = engine.TryEncode(new float[16000]).Run!;
        await engine.DisposeAsync();
        foreach (var run in runs) run.Ended.IsCompleted.ShouldBeTrue();
        recording.Ended.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_codec_with_another_number_of_codebooks_is_refused()
    {
        var folder = ReferenceCheckpoints.Folder("dia-0626-tiny");
        var options = new ModelOptions { Folder = folder, CodecFolder = folder };
        Should.Throw<CheckpointException>(() => SpeechEngine.Open(options, NullLogger<SpeechEngine>.Instance));
    }

    private static async Task<SpeechClip[]> MakeAlone()
    {
        await using var engine = Open();
        var clips = new SpeechClip[AloneSeeds];
        for (var seed = 0; seed < AloneSeeds; seed++) clips[seed] = await Start(engine, seed, maxFrames: 20 + 5 * seed).Clip();
        clips[0].Codes.Cells.ToArray().ShouldNotBe(clips[1].Codes.Cells.ToArray());
        return clips;
    }

    [Fact]
    public async Task A_call_waits_for_a_slot_whose_caches_have_their_memory_and_fails_if_there_is_none()
    {
        var asked = 0;
        var options = new ModelOptions
        {
            Folder = ReferenceCheckpoints.Folder("dia-nano"),
            Slots = 2,
            // The first call gets its memory; then others have taken the rest.
            AvailableMemory = () => Interlocked.Increment(ref asked) == 1 ? 1L << 40 : 0,
        };
        var batches = new LargestBatch();
        await using var engine = SpeechEngine.Open(options, NullLogger<SpeechEngine>.Instance, observer: batches);
        var first = Start(engine, 7).Clip();
        var second = Start(engine, 8, maxFrames: 5).Clip();
        (await first).Codes.Rows.ShouldBeGreaterThan(5);
        (await second).Codes.Rows.ShouldBe(5);
        batches.Calls.ShouldBe(1);
        await Should.ThrowAsync<InsufficientMemoryException>(Start(engine, 9, maxFrames: 400).Clip());
        (await Start(engine, 8, maxFrames: 5).Clip()).Codes.Rows.ShouldBe(5);
        engine.Load.Active.ShouldBe(0);
    }

    private static SpeechEngine Open(int slots = 1, double maxWaitingSeconds = 600) => SpeechEngine.Open(
        new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano"), Slots = slots, MaxWaitingSeconds = maxWaitingSeconds },
        NullLogger<SpeechEngine>.Instance);

    private static SpeechRun Start(SpeechEngine engine, long seed, int maxFrames = 200) =>
        engine.TryStart(Call(seed, maxFrames)).Run!;

    private static SpeechCall Call(long seed, int maxFrames) =>
        new() { TextIds = TextIds.Encode(Text), MaxFrames = maxFrames, Seed = seed };

    /// <summary>The most calls that one step advanced.</summary>
    private sealed class LargestBatch : IEngineObserver
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public void StepCompleted(int calls, TimeSpan duration) => Volatile.Write(ref _calls, Math.Max(_calls, calls));
    }
}
