using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Transcripts;

namespace DiaOrleans.Grains.Tests.Transcripts;

public sealed class PromptTranscriberTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await PromptBench.Start();
        await _bench.Intake.Store("a", WaveReader.Tone(1), default);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Transcribing_saves_the_transcript_and_changes_no_voice()
    {
        await _bench.Voice("v", "a");
        (await Transcribe("a"))!.Transcript!.Source.ShouldBe("whisper");
        _bench.Read("a.txt").ShouldBe("Heard words.");
        _bench.Recognizer.Samples.ShouldBe(16000);
        (await _bench.TranscriptOf("v")).ShouldBeNull();
    }

    [Fact]
    public async Task A_prompt_that_is_not_registered_is_not_transcribed()
    {
        (await Transcribe("none")).ShouldBeNull();
        _bench.Read("none.txt").ShouldBeNull();
        _bench.Recognizer.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_and_an_unavailable_recognition_are_different_errors()
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.");
        await Should.ThrowAsync<RecognitionException>(Transcribe("a"));
        _bench.Recognizer.Available = false;
        await Should.ThrowAsync<RecognizerUnavailableException>(Transcribe("a"));
        _bench.Recognizer.Available = true;
        await _bench.Put("a.wav", "noise");
        await Should.ThrowAsync<RecognitionException>(Transcribe("a"));
    }

    [Fact]
    public async Task The_transcript_of_a_recording_that_is_replaced_during_its_recognition_is_dropped()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        var transcribing = Transcribe("a");
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls == 1));
        await _bench.Intake.Store("a", WaveReader.Tone(2), default);
        gate.SetResult();
        await Should.ThrowAsync<RecognitionException>(transcribing);
        (await _bench.Prompt("a").Get())!.Transcript.ShouldBeNull();
        _bench.Read("a.txt").ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_recordings_that_are_transcribed_at_once_only_some_are_in_memory()
    {
        const int More = 3;
        string[] ids = [.. Enumerable.Range(1, PromptRecognition.MaxAtOnce + More).Select(i => $"p{i}")];
        for (var i = 0; i < ids.Length; i++) await _bench.Intake.Store(ids[i], WaveReader.Tone(1 + (i * 0.1)), default);
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        var transcribing = ids.Select(Transcribe).ToArray();
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls == PromptRecognition.MaxAtOnce));
        await Task.Delay(200);
        _bench.Recognizer.Calls.ShouldBe(PromptRecognition.MaxAtOnce);
        gate.SetResult();
        (await Task.WhenAll(transcribing)).ShouldAllBe(prompt => prompt!.Transcript!.Text == "Heard words.");
        _bench.Recognizer.Calls.ShouldBe(ids.Length);
    }

    private Task<AudioPrompt?> Transcribe(string id) => _bench.Get<PromptTranscriber>().Transcribe(id, default);
}
