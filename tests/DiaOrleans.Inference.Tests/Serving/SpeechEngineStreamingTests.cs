using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>Samples that are read before a call has ended, with the shipped model.</summary>
public sealed class SpeechEngineStreamingTests
{
    private const string Text =
        "[S1] The rain stopped before the train came to the station. Nobody had an umbrella, and nobody was in a hurry "
        + "to go home again on that grey morning. [S1]";
    private const int HopLength = 1024;

    [Fact]
    public async Task Streamed_samples_equal_those_of_the_whole_clip_to_the_bit()
    {
        await using var engine = Open();
        using var codec = OpenCodec();
        var clip = await engine.TryStart(Call()).Run!.Clip();
        codec.Decode(clip.Codes).ShouldBe(clip.Samples);

        var frames = clip.Codes.Rows / 2;
        var context = Math.Min(codec.Context, frames);
        var next = await engine.TryStart(Call() with { Prompt = clip.Codes.Slice(0, frames) }).Run!.Clip();
        var tail = clip.Codes.Slice(frames - context, frames);
        codec.Decode(new CodeGrid([.. tail.Cells, .. next.Codes.Cells], tail.Channels), context).ShouldBe(next.Samples);
    }

    [Fact]
    public async Task Codes_are_reported_in_small_groups_before_the_samples_of_their_frames()
    {
        await using var engine = Open();
        var run = engine.TryStart(Call()).Run!;
        var frames = 0;
        var samples = 0;
        EngineEvent? last = null;
        await foreach (var happened in run.ReadEvents(0, TestContext.Current.CancellationToken))
        {
            last = happened;
            if (happened is EngineEvent.SamplesMade made)
            {
                samples += made.Samples.Length;
                samples.ShouldBeLessThanOrEqualTo(frames * HopLength);
            }
            else if (happened is EngineEvent.CodesMade fresh)
            {
                fresh.FirstFrame.ShouldBe(frames);
                fresh.Codes.Rows.ShouldBeInRange(1, 8);
                frames += fresh.Codes.Rows;
            }
        }

        frames.ShouldBeGreaterThan(60);
        samples.ShouldBe(frames * HopLength);
        last.ShouldBe(new EngineEvent.Completed(frames, EndedByItself: true));
    }

    [Fact]
    public async Task The_first_window_can_be_read_long_before_the_decoder_ends()
    {
        // The decoder pauses after that many rows, which hold 8 + 10 frames and 8 rows of delay.
        using var brake = new Brake(steps: 27);
        await using var engine = Open(time: brake);
        var run = engine.TryStart(Call()).Run!;
        var first = await run.ReadEvents(0, TestContext.Current.CancellationToken).OfType<EngineEvent.SamplesMade>().FirstAsync();
        first.Samples.Length.ShouldBe(8 * HopLength);
        run.Frames.ShouldBeLessThanOrEqualTo(20);
        run.Ended.IsCompleted.ShouldBeFalse();
        brake.Release();
        (await run.Clip()).Codes.Rows.ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task A_stopped_run_frees_its_slot_within_a_step_and_cancels_its_reader()
    {
        using var brake = new Brake(steps: 40);
        await using var engine = Open(time: brake);
        var run = engine.TryStart(Call()).Run!;
        var reading = run.Clip();
        await brake.Reached;
        run.Cancel();
        brake.Release(steps: 1);
        await Should.ThrowAsync<OperationCanceledException>(reading);
        engine.Load.Active.ShouldBe(0);
        engine.Load.BacklogSeconds.ShouldBe(0);
    }

    [Fact]
    public async Task A_recording_is_encoded_while_the_decoder_is_paused()
    {
        using var brake = new Brake(steps: 5);
        await using var engine = Open(time: brake);
        var speech = engine.TryStart(Call()).Run!;
        await brake.Reached;
        var vectors = VectorFile.Open("dia-nano");
        var codes = (await engine.TryEncode(vectors.Floats("gen.short.wave")).Run!.Clip()).Codes;
        speech.Ended.IsCompleted.ShouldBeFalse();
        var golden = vectors.Ints("encode.codes");
        var shape = vectors.Shape("encode.codes");
        codes.Rows.ShouldBe((int)shape[1]);
        for (var q = 0; q < shape[0]; q++)
        {
            var made = Enumerable.Range(0, codes.Rows).Select(frame => (int)codes[frame, q]);
            made.ShouldBe(golden.Skip(q * codes.Rows).Take(codes.Rows), $"codebook {q}");
        }

        brake.Release();
    }

    [Fact]
    public async Task An_invalid_recording_is_refused_with_a_reason()
    {
        await using var engine = Open();
        Refused([]).ShouldContain("empty");
        Refused(new float[120 * 16000 + 1]).ShouldContain("120 s");
        Refused([0, float.NaN]).ShouldContain("not numbers");

        string Refused(float[] samples)
        {
            var answer = engine.TryEncode(samples);
            (answer.Run, answer.Refusal).ShouldBe((null, EngineRefusal.Unservable));
            return answer.Reason!;
        }
    }

    private static SpeechCall Call() => new() { TextIds = TextIds.Encode(Text), MaxFrames = 300, Seed = 7 };

    private static SpeechEngine Open(TimeProvider? time = null) =>
        SpeechEngine.Open(new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano") }, NullLogger<SpeechEngine>.Instance, time);

    private static Codec OpenCodec() =>
        new(DacCheckpoint.Open(CodecLocator.Find(ReferenceCheckpoints.Folder("dia-nano"), null)), ExecutionTarget.Default, threads: 1);

    /// <summary>The decoder reads the clock before and after each step; this clock lets it make so many steps and then pauses it.</summary>
    private sealed class Brake(int steps) : TimeProvider, IDisposable
    {
        private readonly SemaphoreSlim _reads = new(2 * steps);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _off;

        /// <summary>Ends when the decoder is paused.</summary>
        public Task Reached => _reached.Task;

        public override long GetTimestamp()
        {
            if (!_off && !_reads.Wait(0))
            {
                _reached.TrySetResult();
                if (!_reads.Wait(TimeSpan.FromSeconds(60))) _off = true;
            }

            return base.GetTimestamp();
        }

        public void Release(int steps) => _reads.Release(2 * steps);

        public void Release()
        {
            _off = true;
            _reads.Release(100);
        }

        public void Dispose() => _reads.Dispose();
    }
}
