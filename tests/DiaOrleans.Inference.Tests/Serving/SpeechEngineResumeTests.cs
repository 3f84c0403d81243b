using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>Calls that go on behind the codes and samples of an earlier run, with the shipped model.</summary>
public sealed class SpeechEngineResumeTests
{
    private const int Breaks = 20;
    private const int HopLength = 1024;
    private const int Slots = 4;
    private const int MaxFrames = 300;
    private const string Text =
        "[S1] The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry "
        + "to go home again on that grey morning. [S1]";

    [Theory]
    [InlineData("fp32", false)]
    [InlineData("fp32", true)]
    [InlineData("int8", true)]
    [InlineData("int4", false)]
    public async Task Breaks_at_random_frames_change_neither_codes_nor_samples(string precision, bool prompted)
    {
        var random = new Random(12);
        await using var engine = Open(precision);
        var call = prompted ? await Prompted(engine) : Call();
        var whole = await engine.TryStart(call).Run!.Clip();
        whole.Codes.Rows.ShouldBeGreaterThan(40);
        var rests = Enumerable.Range(0, Breaks).Select(_ => Break(call, whole, random)).ToList();
        var runs = rests.Select(rest => engine.TryStart(rest).Run!).ToList();
        foreach (var (rest, run) in rests.Zip(runs)) await ShouldGoOn(rest, run, whole);
    }

    [Fact]
    public async Task Frames_that_are_all_made_are_turned_into_samples_without_a_step()
    {
        var steps = new StepCounter();
        await using var engine = Open("fp32", steps);
        var whole = await engine.TryStart(Call()).Run!.Clip();
        var before = steps.Count;
        var rest = Call() with { MaxFrames = whole.Codes.Rows, Made = whole.Codes, SamplesReceived = 40 * HopLength + 3 };
        var run = engine.TryStart(rest).Run!;
        (await run.Clip()).Samples.ShouldBe(whole.Samples[(40 * HopLength + 3)..]);
        run.Frames.ShouldBe(whole.Codes.Rows);
        steps.Count.ShouldBe(before);
        engine.Load.Active.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_has_everything_gets_the_end_only()
    {
        await using var engine = Open("fp32");
        var whole = await engine.TryStart(Call()).Run!.Clip();
        var run = engine.TryStart(Call() with { Made = whole.Codes, SamplesReceived = whole.Samples.Length }).Run!;
        var events = await run.ReadEvents(0, TestContext.Current.CancellationToken).ToListAsync();
        events.ShouldBe([new EngineEvent.Started(), new EngineEvent.Completed(whole.Codes.Rows, whole.EndedByItself)]);
    }

    /// <summary>A client that lost its run at a random frame has a part of its samples, often whole windows of them.</summary>
    private static SpeechCall Break(SpeechCall call, SpeechClip whole, Random random)
    {
        var frames = random.Next(whole.Codes.Rows + 1);
        int[] windows = [0, 8, 24, 67];
        var received = random.Next(2) == 0
            ? random.Next(frames * HopLength + 1)
            : windows.Last(ends => ends <= frames) * HopLength;
        return call with { Made = whole.Codes.Slice(0, frames), SamplesReceived = received };
    }

    private static async Task ShouldGoOn(SpeechCall rest, SpeechRun run, SpeechClip whole)
    {
        var made = rest.Made!.Rows;
        var first = await run.ReadEvents(0, TestContext.Current.CancellationToken).OfType<EngineEvent.CodesMade>().FirstOrDefaultAsync();
        if (first is not null) first.FirstFrame.ShouldBe(made);
        var clip = await run.Clip();
        clip.Codes.Cells.ToArray().ShouldBe(whole.Codes.Slice(made, whole.Codes.Rows).Cells.ToArray(), $"behind {made} frames");
        clip.Samples.ShouldBe(whole.Samples[(int)rest.SamplesReceived..], $"behind {rest.SamplesReceived} samples");
        (clip.EndedByItself, run.Frames).ShouldBe((whole.EndedByItself, whole.Codes.Rows));
    }

    /// <summary>A call that continues speech of the same model.</summary>
    private static async Task<SpeechCall> Prompted(SpeechEngine engine)
    {
        const string Transcript = "[S1] The lamp is still on.";
        var prompt = await engine.TryStart(Call() with { TextIds = TextIds.Encode($"{Transcript} [S1]") }).Run!.Clip();
        return Call() with { TextIds = TextIds.Encode($"{Transcript} {Text[5..]}"), Prompt = prompt.Codes };
    }

    private static SpeechCall Call() => new() { TextIds = TextIds.Encode(Text), MaxFrames = MaxFrames, Seed = 7 };

    private static SpeechEngine Open(string precision, IEngineObserver? observer = null) => SpeechEngine.Open(
        new ModelOptions
        {
            Folder = ReferenceCheckpoints.Folder("dia-nano"), CacheFolder = TestCache.Folder, Precision = precision, Slots = Slots,
        },
        NullLogger<SpeechEngine>.Instance,
        observer: observer);

    private sealed class StepCounter : IEngineObserver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void StepCompleted(int calls, TimeSpan duration) => Interlocked.Increment(ref _count);
    }
}
