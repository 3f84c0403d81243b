using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Inference.Tests.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>Calls that overflow and threads that hang, with the shipped model.</summary>
public sealed class SpeechEngineFaultTests
{
    private const int Frames = 12;

    [Fact]
    public async Task A_call_whose_logits_are_not_numbers_ends_alone()
    {
        await using var engine = Open();
        var alone = await Start(engine, Call(1)).Clip();
        var neighbour = Start(engine, Call(1));
        await Should.ThrowAsync<NotFiniteNumberException>(Start(engine, Overflowing()).Clip());
        (await neighbour.Clip()).Samples.ShouldBe(alone.Samples);
        engine.Fault.ShouldBeNull();
        engine.Load.Active.ShouldBe(0);
    }

    [Theory]
    [InlineData("fp32", "decoder.norm")]
    [InlineData("int8", "decoder.norm")]
    [InlineData("int4", "decoder.norm")]
    [InlineData("int8", "decoder.layers.1.pre_mlp_norm")]
    [InlineData("int4", "decoder.layers.1.pre_mlp_norm")]
    [InlineData("fp32", "encoder.norm")]
    public async Task A_call_in_which_the_model_overflows_fails_in_every_precision(string precision, string module)
    {
        using var folder = Overflowing(module);
        await using var engine = SpeechEngine.Open(Options(folder.Path, precision), NullLogger<SpeechEngine>.Instance);
        await Should.ThrowAsync<NotFiniteNumberException>(Start(engine, Call(1)).Clip());
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("int4")]
    public void A_quantised_model_whose_text_encoder_overflows_is_refused(string precision)
    {
        using var folder = Overflowing("encoder.norm");
        Should.Throw<CheckpointException>(() => SpeechEngine.Open(Options(folder.Path, precision), NullLogger<SpeechEngine>.Instance))
            .Message.ShouldContain("NaN or infinite");
    }

    [Fact]
    public async Task Calls_that_fail_one_after_another_break_the_engine()
    {
        await using var engine = Open();
        for (var i = 0; i < EngineHealth.FailuresInARow; i++)
        {
            engine.Fault.ShouldBeNull();
            await Should.ThrowAsync<NotFiniteNumberException>(Start(engine, Overflowing()).Clip());
        }

        await Until(() => engine.Fault is not null);
        engine.Fault!.ShouldSatisfyAllConditions(fault => fault.IsStalled.ShouldBeFalse(), fault => fault.Reason.ShouldContain("logit"));
        engine.TryStart(Call(1)).Refusal.ShouldBe(EngineRefusal.Broken);
        engine.TryEncode([0]).Refusal.ShouldBe(EngineRefusal.Broken);
        await engine.DrainAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_step_that_does_not_return_breaks_the_engine_and_ends_all_calls()
    {
        using var clock = new StoppingClock();
        await using var engine = Open(clock);
        var speaking = Start(engine, Call(1));
        await clock.Stopped.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var waiting = Start(engine, Call(2));
        for (var i = 0; i < 24; i++) clock.Tick();
        engine.Fault.ShouldBeNull();
        clock.Tick();
        engine.Fault!.ShouldSatisfyAllConditions(fault => fault.IsStalled.ShouldBeTrue(), fault => fault.Reason.ShouldContain("step"));
        await Should.ThrowAsync<EngineBrokenException>(speaking.Clip());
        await Should.ThrowAsync<EngineBrokenException>(waiting.Clip());
        engine.TryStart(Call(3)).Refusal.ShouldBe(EngineRefusal.Broken);
    }

    private static SpeechRun Start(SpeechEngine engine, SpeechCall call) => engine.TryStart(call).Run!;

    private static SpeechCall Call(long seed) =>
        new() { TextIds = TextIds.Encode("[S1] The lamp is still on. [S1]"), MaxFrames = Frames, Seed = seed };

    private static SpeechCall Overflowing() => Call(1) with { Sampling = new SamplingSettings(float.NaN, 1.2f, 0.95f, 45) };

    /// <summary>A tiny model with a norm that multiplies by the largest float.</summary>
    private static TempFolder Overflowing(string norm)
    {
        var folder = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
        ChangedWeights.Write(DiaCheckpoint.Open(folder.Path).Vector(norm), float.MaxValue, all: true);
        return folder;
    }

    private static ModelOptions Options(string folder, string precision) => new()
    {
        Folder = folder,
        CodecFolder = ReferenceCheckpoints.Folder("dac-tiny"),
        Precision = precision,
        CacheFolder = TestCache.Folder,
        Slots = 1,
    };

    private static SpeechEngine Open(TimeProvider? time = null) => SpeechEngine.Open(
        new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano"), Slots = 2 },
        NullLogger<SpeechEngine>.Instance,
        time);

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    /// <summary>The decoder's thread reads the clock twice in each step; in the third its reads do not return.</summary>
    private sealed class StoppingClock : ManualTimer, IDisposable
    {
        private readonly ManualResetEventSlim _go = new();
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        /// <summary>Ends when a step has begun that does not return.</summary>
        public Task Stopped => _stopped.Task;

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name?.StartsWith("dia decode", StringComparison.Ordinal) == true && ++_reads > 4)
            {
                _stopped.TrySetResult();
                _go.Wait();
            }

            return base.GetTimestamp();
        }

        public void Dispose() => _go.Set();
    }
}
