using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Cloning;

public sealed class PromptResolverTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await PromptBench.Start();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_prompt_is_encoded_once_and_its_codes_are_kept()
    {
        await Upload("a", 2);
        var first = (await Resolve(Voice("a", "Own words.")))!;
        first.Codes.Frames.ShouldBe(100);
        first.Transcript.ShouldBe("[S1] Own words.");
        var second = (await Resolve(Voice("a", "[S2] Tagged.")))!;
        second.Codes.Cells.ShouldBe(first.Codes.Cells);
        second.Transcript.ShouldBe("[S2] Tagged.");
        _bench.Encoder.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Concurrent_requests_for_a_new_prompt_share_one_encoding()
    {
        await Upload("a", 2);
        var gate = new TaskCompletionSource();
        _bench.Encoder.Gate = gate.Task;
        var all = Enumerable.Range(0, 10).Select(_ => Resolve(Voice("a", "Words."))).ToArray();
        await GrainCluster.Until(() => Task.FromResult(_bench.Encoder.Calls > 0));
        gate.SetResult();
        (await Task.WhenAll(all)).ShouldAllBe(prompt => prompt!.Codes.Frames == 100);
        _bench.Encoder.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Models_with_different_codecs_encode_a_prompt_once_each()
    {
        await Upload("a", 2);
        for (var i = 0; i < 3; i++)
        {
            foreach (var codec in (string[])["one", "two"])
                await Resolve(Voice("a", "Words."), PromptBench.Model with { CodecFingerprint = codec });
        }

        _bench.Encoder.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Another_recording_is_encoded_again()
    {
        await Upload("a", 2);
        await Resolve(Voice("a", "Words."));
        await Upload("a", 1);
        (await Resolve(Voice("a", "Words.")))!.Codes.Frames.ShouldBe(50);
        _bench.Encoder.Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("a/b")]
    [InlineData(" ")]
    public async Task A_voice_without_a_registered_prompt_is_not_cloned(string? prompt) =>
        (await Resolve(Voice(prompt, "Words."))).ShouldBeNull();

    [Fact]
    public async Task A_file_that_is_missing_or_unreadable_is_not_cloned()
    {
        await Upload("a", 2);
        await _bench.Put("a.wav", "noise");
        (await Resolve(Voice("a", "Words."))).ShouldBeNull();
        await Upload("a", 2);
        (await Resolve(Voice("a", "Words."))).ShouldNotBeNull();
        await _bench.Blobs.Delete("audio_prompts/a.wav");
        (await Resolve(Voice("a", "Words."))).ShouldBeNull();
    }

    [Fact]
    public async Task In_a_cluster_a_missing_recording_is_an_error_that_names_the_prompt_unless_its_codes_are_kept()
    {
        await _bench.DisposeAsync();
        _bench = await PromptBench.Start(requiresRecording: true);
        foreach (var id in (string[])["kept", "gone"]) await Upload(id, 2);
        (await Resolve(Voice("kept", "Words."))).ShouldNotBeNull();
        foreach (var id in (string[])["kept", "gone"]) await _bench.Blobs.Delete($"audio_prompts/{id}.wav");
        (await Resolve(Voice("kept", "Words."))).ShouldNotBeNull();
        var fault = await Should.ThrowAsync<UnreadableRecordingException>(() => Resolve(Voice("gone", "Words.")));
        fault.Message.ShouldBe(
            "Audio prompt 'gone' cannot be read: audio_prompts/gone.wav is not in the blob store. Upload the recording again.");
        fault.Passing.ShouldBeFalse();
        (await Resolve(Voice("none", "Words."))).ShouldBeNull();
    }

    [Fact]
    public async Task A_refusal_of_the_worker_is_reported_and_a_later_attempt_can_succeed()
    {
        await Upload("a", 2);
        _bench.Encoder.Refusal = new WorkAdmission(WorkOutcome.Busy, "Full.", TimeSpan.FromSeconds(3));
        var refused = await Should.ThrowAsync<PromptEncodingException>(() => Resolve(Voice("a", "Words.")));
        refused.Answer.Outcome.ShouldBe(WorkOutcome.Busy);
        _bench.Encoder.Refusal = null;
        (await Resolve(Voice("a", "Words."))).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_transcript_is_the_voices_or_the_prompts_or_recognised_once_and_kept()
    {
        await Upload("a", 2);
        await Upload("b", 2);
        await _bench.Configure(new ServerConfiguration());
        await _bench.Transcripts.SetByHand("a", "Of the prompt.", default);
        (await Resolve(Voice("a", "Of the voice."), speaker: "S2"))!.Transcript.ShouldBe("[S2] Of the voice.");
        (await Resolve(Voice("a", " ")))!.Transcript.ShouldBe("[S1] Of the prompt.");
        _bench.Recognizer.Calls.ShouldBe(0);
        foreach (var _ in Enumerable.Range(0, 2)) (await Resolve(Voice("b", null)))!.Transcript.ShouldBe("[S1] Heard words.");
        _bench.Recognizer.Calls.ShouldBe(1);
        _bench.Read("b.txt").ShouldBe("Heard words.");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Without_recognition_a_prompt_without_a_transcript_is_cloned_without_one(bool available, bool autoTranscribe)
    {
        await Upload("a", 2);
        _bench.Recognizer.Available = available;
        await _bench.Configure(new ServerConfiguration { AutoTranscribe = autoTranscribe });
        var prompt = (await Resolve(Voice("a", null)))!;
        (prompt.Codes.Frames, prompt.Transcript).ShouldBe((100, null));
    }

    [Fact]
    public async Task A_long_prompt_is_cut_at_the_end_of_a_span_together_with_its_transcript()
    {
        await Upload("a", 19);
        TranscriptSpan[] spans = [new(0, 6, "One."), new(6, 12.5, "Two."), new(13, 18, "Three.")];
        await _bench.Prompt("a").SetTranscript(new PromptTranscript("One. Two. Three.", "whisper", spans));
        foreach (var voice in (VoiceSettings[])[Voice("a", null), Voice("a", "One. Two. Three.")])
        {
            var prompt = (await Resolve(voice))!;
            (prompt.Codes.Frames, prompt.Transcript).ShouldBe((625, "[S1] One. Two."));
        }
    }

    [Fact]
    public async Task A_long_prompt_without_times_of_its_words_is_used_whole()
    {
        await Upload("a", 19);
        TranscriptSpan[] spans = [new(0, 6, "One."), new(6, 12.5, "Two.")];
        await _bench.Prompt("a").SetTranscript(new PromptTranscript("One. Two.", "whisper", spans));
        var prompt = (await Resolve(Voice("a", "Other words, typed by hand.")))!;
        (prompt.Codes.Frames, prompt.Transcript).ShouldBe((950, "[S1] Other words, typed by hand."));
    }

    [Fact]
    public async Task At_most_the_models_rows_are_encoded_and_the_transcript_is_truncated_with_them()
    {
        await Upload("a", 40);
        var prompt = (await Resolve(Voice("a", "aaaa bbbb cccc dddd")))!;
        (prompt.Codes.Frames, prompt.Transcript).ShouldBe((1000, "[S1] aaaa bbbb"));
    }

    private static VoiceSettings Voice(string? prompt, string? transcript) => new("neutral", "S1", prompt, transcript);

    private Task Upload(string id, double seconds) => _bench.Intake.Store(id, WaveReader.Tone(seconds, rate: 16000), default);

    private Task<ResolvedPrompt?> Resolve(VoiceSettings voice, ModelFacts? model = null, string speaker = "S1")
    {
        var worker = _bench.Cluster.Silos[0].ServiceProvider.GetRequiredService<WorkerCalls>()["silo/0"];
        return _bench.Get<PromptResolver>().Resolve("unknown", voice, speaker, model ?? PromptBench.Model, worker, default);
    }
}
