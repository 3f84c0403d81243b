using DiaOrleans.Abstractions.Prompts;
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
    public async Task A_transcript_set_by_hand_reaches_the_file_and_all_voices_of_the_prompt()
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
        _bench.Read("none.txt").ShouldBeNull();
        (await _bench.TranscriptOf("v")).ShouldBeNull();
    }

    [Fact]
    public async Task A_kept_transcript_replaces_the_file_and_the_earlier_text_goes_to_the_backup()
    {
        var prompt = (await _bench.Prompt("a").Get())!;
        foreach (var text in (string[])["First.", "Second.", "Second."])
            (await _bench.Transcripts.Keep(prompt, new PromptTranscript(text, "whisper", []), default))!.Transcript!.Text.ShouldBe(text);
        _bench.Read("a.txt").ShouldBe("Second.");
        _bench.Read("a.txt.backup").ShouldBe("First.");
    }

    [Fact]
    public async Task A_transcript_of_a_replaced_recording_is_not_kept()
    {
        var replaced = (await _bench.Prompt("a").Get())!;
        await _bench.Intake.Store("a", WaveReader.Tone(2), default);
        (await _bench.Transcripts.Keep(replaced, new PromptTranscript("Words.", "whisper", []), default)).ShouldBeNull();
        (await _bench.Prompt("a").Get())!.Transcript.ShouldBeNull();
        _bench.Read("a.txt").ShouldBeNull();
    }
}
