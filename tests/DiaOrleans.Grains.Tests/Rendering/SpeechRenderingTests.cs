using System.Buffers.Binary;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Rendering;

/// <summary>Requests through real grains and a fake engine: what the engine is asked, and what comes out.</summary>
public sealed class SpeechRenderingTests : IAsyncLifetime
{
    private const string First = "[S1] The lamp is still on, and the door is open.";
    private const string Second = "[S2] Then close it, please, before it rains.";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SpeechCluster.Start();
        await _cluster.Voice("v").Put(new VoiceSettings("neutral", "S1", null, null));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_long_script_is_spoken_call_by_call_and_each_goes_on_with_the_first_ones_voice()
    {
        var speech = await Start(Request($"{First} {Second}"));
        var one = _cluster.Engine.Next();
        one.Call.ShouldSatisfyAllConditions(
            call => call.Text.ShouldBe($"{First} [S1]"), call => call.Seed.ShouldBe(7), call => call.Prompt.ShouldBeNull());
        var codes = new CodeGrid([.. Enumerable.Range(0, 9 * 40).Select(i => (short)i)], 9);
        one.Complete(Clip(1600) with { Codes = codes });
        var two = _cluster.Engine.Next();
        two.Call.Text.ShouldBe($"[S1] The lamp is {Second} [S2]");
        var head = two.Call.Prompt!;
        head.Rows.ShouldBeInRange(10, 20);
        head.Cells.ToArray().ShouldBe(codes.Slice(0, head.Rows).Cells.ToArray());
        two.Call.Seed.ShouldNotBe(7);
        two.Complete(Clip(3200));

        var wav = await Read(speech);
        // Both segments and the pause of 0.15 s between them.
        ((wav.Length - 44) / 2).ShouldBe((int)Math.Ceiling((1600 + 2400 + 3200) * 44100 / 16000.0));
        (await speech.Wait()).ShouldSatisfyAllConditions(
            s => s.Status.ShouldBe(SpeechStatus.Completed),
            s => s.ProcessedText.ShouldBe($"{First} {Second} [S1]"),
            s => s.InputTokens.ShouldBeGreaterThan(80));
    }

    [Fact]
    public async Task Streamed_audio_can_be_read_before_the_call_has_ended()
    {
        var speech = await Start(Request(First) with { Streamed = true, SampleRate = 16000 });
        var run = _cluster.Engine.Next();
        run.Append(Clip(16000).Samples[..8000]);
        (await speech.Wait()).ShouldSatisfyAllConditions(
            s => s.AudioBytes.ShouldBe(44 + 2 * 8000), s => s.Status.ShouldNotBe(SpeechStatus.Completed));
        var reading = Read(speech);
        run.CompleteFrom(8000, Clip(16000));
        var wav = await reading;
        BinaryPrimitives.ReadUInt32LittleEndian(wav.AsSpan(40)).ShouldBe(uint.MaxValue);
        ((wav.Length - 44) / 2).ShouldBe(16000);
    }

    [Fact]
    public async Task Frames_are_counted_while_they_are_made()
    {
        var speech = await Start(Request(First));
        var run = _cluster.Engine.Next();
        run.Append(new CodeGrid(8, 9));
        await GrainCluster.Until(() => Task.FromResult(speech.Look().OutputTokens == 8));
        run.Complete(Clip(16000) with { Codes = new CodeGrid(3, 9) });
        await Read(speech);
        speech.Look().OutputTokens.ShouldBe(11);
    }

    [Fact]
    public async Task A_failure_after_the_first_byte_ends_the_reading_with_an_error()
    {
        var speech = await Start(Request(First) with { Streamed = true });
        var run = _cluster.Engine.Next();
        run.Append(new float[8000]);
        await speech.Wait();
        run.Fail(new InvalidOperationException("lost"));
        await Should.ThrowAsync<InvalidOperationException>(() => Read(speech));
        speech.Look().Error.ShouldBe("The model failed; the server's log says why.");
    }

    [Fact]
    public async Task A_very_short_text_that_runs_on_is_asked_again_with_another_seed_and_trimmed()
    {
        var speech = await Start(Request("Yes.") with { SampleRate = 16000 });
        var first = _cluster.Engine.Next();
        first.Complete(Clip(16000) with { EndedByItself = false });
        var second = _cluster.Engine.Next();
        second.Call.Seed.ShouldNotBe(first.Call.Seed);
        second.Call.Text.ShouldBe(first.Call.Text);
        second.Complete(new SpeechClip([.. Clip(8000).Samples, .. new float[16000]], new CodeGrid(1, 9)));
        // Speech, and a fifth of a second after it.
        (((await Read(speech)).Length - 44) / 2).ShouldBeInRange(8000, 8000 + 3200 + 320);
    }

    [Fact]
    public async Task A_longer_text_keeps_its_samples_if_the_limit_of_frames_ended_it()
    {
        var speech = await Start(Request(First) with { SampleRate = 16000 });
        _cluster.Engine.Next().Complete(Clip(16000) with { EndedByItself = false });
        (((await Read(speech)).Length - 44) / 2).ShouldBe(16000);
        _cluster.Engine.Admitted.ShouldBe(1);
    }

    [Fact]
    public async Task A_segment_without_a_sample_is_asked_again_twice_and_then_fails()
    {
        var speech = await Start(Request(First));
        var seeds = new HashSet<long>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var run = _cluster.Engine.Next();
            seeds.Add(run.Call.Seed);
            run.Complete(Clip(0));
        }

        seeds.Count.ShouldBe(3);
        (await speech.Wait()).Error!.ShouldContain("nothing to say");
    }

    [Fact]
    public async Task A_request_that_has_begun_waits_for_a_full_engine()
    {
        var speech = await Start(Request($"{First} {Second}"));
        var one = _cluster.Engine.Next();
        _cluster.Engine.Refusal = new EngineAdmission(null, EngineRefusal.Busy, "full", TimeSpan.FromSeconds(9));
        one.Complete(Clip(1600));
        var reading = Read(speech);
        for (var i = 0; i < 20; i++) await Turn();
        reading.IsCompleted.ShouldBeFalse();
        _cluster.Engine.Refusal = null;
        await GrainCluster.Until(async () =>
        {
            await Turn();
            return _cluster.Engine.Admitted == 2;
        });
        _cluster.Engine.Next().Complete(Clip(1600));
        (await reading).Length.ShouldBeGreaterThan(44);
    }

    [Fact]
    public async Task Speed_halves_the_duration()
    {
        var speech = await Start(Request(First) with { Speed = 2, SampleRate = 16000 });
        _cluster.Engine.Next().Complete(Clip(32000));
        (((await Read(speech)).Length - 44) / 2).ShouldBe(16000);
    }

    [Fact]
    public async Task A_finished_generation_is_in_the_log_and_is_saved_if_the_configuration_asks_for_it()
    {
        await _cluster.Grains.GetGrain<IConfigurationGrain>(0).Replace(new ServerConfiguration { SaveOutputs = true });
        var speech = await Start(Request(First) with { Format = "flac" });
        var id = speech.Id;
        _cluster.Engine.Next().Complete(Clip(16000));
        await Read(speech);
        var entry = (await _cluster.Grains.GetGrain<IGenerationLogGrain>(0).Get(id.ToString()))!;
        entry.ShouldSatisfyAllConditions(
            e => e.Text.ShouldBe(First),
            e => e.ProcessedText.ShouldBe($"{First} [S1]"),
            e => e.Voice.ShouldBe("v"),
            e => e.AudioPromptUsed.ShouldBeFalse(),
            e => e.FilePath!.ShouldMatch($@"^audio_outputs/\d{{8}}_\d{{6}}_{id.ToString()[..8]}_v\.wav$"),
            e => e.FileSize.ShouldBe(44 + 2 * 44100));
        (await _cluster.Blobs.Find(entry.FilePath!))!.Size.ShouldBe(44 + 2 * 44100);
    }

    [Fact]
    public async Task A_request_that_is_stopped_leaves_no_entry_in_the_log()
    {
        var speech = await Start(Request(First));
        var run = _cluster.Engine.Next();
        await speech.DisposeAsync();
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        (await _cluster.Grains.GetGrain<IGenerationLogGrain>(0).List(10, null)).Total.ShouldBe(0);
    }

    private static SpeechRequest Request(string text) => new() { Text = text, VoiceId = "v", Seed = 7 };

    private static SpeechClip Clip(int samples) => FakeEngine.Clip(samples);

    private async Task<SpeechSession> Start(SpeechRequest request)
    {
        var speech = _cluster.Speech();
        (await speech.Start(request)).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        return speech;
    }

    private static async Task<byte[]> Read(SpeechSession speech) =>
        [.. (await speech.ReadAll().WaitAsync(Long)).SelectMany(part => part)];

    private async Task Turn()
    {
        _cluster.Time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.Delay(5);
    }
}
