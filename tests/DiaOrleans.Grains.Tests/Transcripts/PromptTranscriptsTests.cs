using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Transcripts;

public sealed class PromptTranscriptsTests : IAsyncLifetime
{
    private PromptBench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await PromptBench.Start();
        await _bench.Intake.Store("a", WaveReader.Tone(1), default);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Words_set_by_hand_reach_the_file_and_all_voices_of_the_prompt()
    {
        await _bench.Voice("one", "a", "Its own.");
        await _bench.Voice("other", "b");
        await _bench.Voice("two", "a");
        (await _bench.Transcripts.SetByHand("a", " By hand.\n", default)).ShouldBe(["one", "two"]);
        (await _bench.Prompt("a").Get())!.Transcript.ShouldBeEquivalentTo(new PromptTranscript("By hand.", "manual", []));
        _bench.Read("a.txt").ShouldBe("By hand.");
        foreach (var voice in (string[])["one", "two"]) (await _bench.TranscriptOf(voice)).ShouldBe("By hand.");
        (await _bench.TranscriptOf("other")).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_set_for_a_prompt_that_is_not_registered()
    {
        await _bench.Voice("v", "none");
        (await _bench.Transcripts.SetByHand("none", "Words.", default)).ShouldBeNull();
        (await _bench.Transcripts.Transcribe("none", default)).ShouldBeNull();
        _bench.Read("none.txt").ShouldBeNull();
        (await _bench.TranscriptOf("v")).ShouldBeNull();
    }

    [Fact]
    public async Task Transcribing_saves_the_words_and_leaves_voices_alone()
    {
        await _bench.Voice("v", "a");
        (await _bench.Transcripts.Transcribe("a", default))!.Transcript!.Source.ShouldBe("whisper");
        _bench.Read("a.txt").ShouldBe("Heard words.");
        _bench.Recognizer.Samples.ShouldBe(16000);
        (await _bench.TranscriptOf("v")).ShouldBeNull();
    }

    [Fact]
    public async Task Failures_are_told_apart()
    {
        _bench.Recognizer.Failure = new RecognitionException("Broken.");
        await Should.ThrowAsync<RecognitionException>(_bench.Transcripts.Transcribe("a", default));
        _bench.Recognizer.Available = false;
        await Should.ThrowAsync<RecognizerUnavailableException>(_bench.Transcripts.Transcribe("a", default));
        _bench.Recognizer.Available = true;
        await _bench.Put("a.wav", "noise");
        await Should.ThrowAsync<RecognitionException>(_bench.Transcripts.Transcribe("a", default));
    }

    [Fact]
    public async Task Words_of_a_recording_that_was_replaced_meanwhile_are_dropped()
    {
        var gate = new TaskCompletionSource();
        _bench.Recognizer.Gate = gate.Task;
        var transcribing = _bench.Transcripts.Transcribe("a", default);
        await GrainCluster.Until(() => Task.FromResult(_bench.Recognizer.Calls == 1));
        await _bench.Intake.Store("a", WaveReader.Tone(2), default);
        gate.SetResult();
        await Should.ThrowAsync<RecognitionException>(transcribing);
        (await _bench.Prompt("a").Get())!.Transcript.ShouldBeNull();
        _bench.Read("a.txt").ShouldBeNull();
    }

    [Fact]
    public async Task A_used_prompt_is_not_deleted_and_an_unused_one_goes_with_its_files()
    {
        await _bench.Put("a.mp3", WaveReader.Tone(1));
        await _bench.Put("a.reference.txt", "Words.");
        await _bench.Put("ab.wav", WaveReader.Tone(1));
        await _bench.Voice("v1", "a");
        var removal = _bench.Get<PromptRemoval>();
        (await removal.Remove("a", default)).UsedBy.ShouldBe(["v1"]);
        _bench.Read("a.wav").ShouldNotBeNull();
        await _bench.Cluster.Voice("v1").Delete();
        (await removal.Remove("a", default)).ShouldBeEquivalentTo(new RemovalOutcome(true, []));
        Directory.GetFiles(Path.Combine(_bench.Folder, "audio_prompts")).Select(Path.GetFileName).ShouldBe(["ab.wav"]);
        (await removal.Remove("a", default)).Found.ShouldBeFalse();
        (await _bench.Discovery.Discover(false, default)).Select(prompt => prompt.Id).ShouldBe(["ab"]);
    }
}
