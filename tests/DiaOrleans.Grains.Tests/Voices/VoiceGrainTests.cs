using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Voices;

public sealed class VoiceGrainTests : IAsyncLifetime
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_voice_that_was_not_created_is_null_and_not_listed()
    {
        (await _cluster.Voice("unknown").Get()).ShouldBeNull();
        (await _cluster.Voice("unknown").Update(new VoiceChange("x", null, null, null))).ShouldBeNull();
        (await _cluster.Voice("unknown").Delete()).ShouldBeFalse();
        (await _cluster.Catalog.List()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Voices_are_listed_in_the_order_of_creation_and_keep_their_place_when_overwritten()
    {
        foreach (var id in (string[])["zoe", "adam", "mia"]) await _cluster.Voice(id).Put(Plain);
        await _cluster.Voice("zoe").Put(Plain with { Style = "calm" });
        (await _cluster.Catalog.ListIds()).ShouldBe(["zoe", "adam", "mia"]);
        (await _cluster.Catalog.List())[0].ShouldBe(new Voice("zoe", Plain with { Style = "calm" }));
    }

    [Fact]
    public async Task A_deleted_voice_is_not_listed_and_is_added_at_the_end_when_created_again()
    {
        foreach (var id in (string[])["a", "b"]) await _cluster.Voice(id).Put(Plain);
        (await _cluster.Voice("a").Delete()).ShouldBeTrue();
        (await _cluster.Voice("a").Get()).ShouldBeNull();
        (await _cluster.Catalog.ListIds()).ShouldBe(["b"]);
        await _cluster.Voice("a").Put(Plain);
        (await _cluster.Catalog.ListIds()).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task An_update_changes_only_the_members_that_it_has()
    {
        await _cluster.Voice("v").Put(new VoiceSettings("calm", "S2", "prompt", "words"));
        var updated = await _cluster.Voice("v").Update(new VoiceChange("lively", null, null, null));
        updated.ShouldBe(new VoiceSettings("lively", "S2", "prompt", "words"));
        (await _cluster.Voice("v").Get()).ShouldBe(updated);
    }

    [Fact]
    public async Task Voices_survive_a_restart_of_all_silos_in_their_order()
    {
        foreach (var id in (string[])["second", "first", "gone"]) await _cluster.Voice(id).Put(Plain with { Style = id });
        await _cluster.Voice("gone").Delete();
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        Voice[] expected = [new("second", Plain with { Style = "second" }), new("first", Plain with { Style = "first" })];
        (await next.Catalog.List()).ShouldBe(expected);
        (await next.Voice("gone").Get()).ShouldBeNull();
    }

    [Fact]
    public async Task A_creation_that_failed_after_the_catalogue_was_written_leaves_no_voice()
    {
        _cluster.Storage.FailNext = "voice";
        await Should.ThrowAsync<OrleansException>(_cluster.Voice("half").Put(Plain));
        (await _cluster.Voice("half").Get()).ShouldBeNull();
        await _cluster.Voice("whole").Put(Plain);
        await _cluster.Voice("half").Put(Plain);
        (await _cluster.Catalog.ListIds()).ShouldBe(["whole", "half"]);
    }

    [Fact]
    public async Task A_deletion_that_failed_before_the_catalogue_was_written_is_completed_later()
    {
        foreach (var id in (string[])["a", "b"]) await _cluster.Voice(id).Put(Plain);
        _cluster.Storage.FailNext = "voice-catalog";
        await Should.ThrowAsync<OrleansException>(_cluster.Voice("a").Delete());
        (await _cluster.Catalog.ListIds()).ShouldBe(["b"]);
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        (await next.Catalog.ListIds()).ShouldBe(["b"]);
        await next.Voice("a").Put(Plain);
        (await next.Catalog.ListIds()).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task A_stored_voice_that_the_catalogue_lacks_is_listed_after_its_first_use()
    {
        await _cluster.Voice("lost").Put(Plain);
        await _cluster.Catalog.Remove("lost");
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        (await next.Catalog.ListIds()).ShouldBeEmpty();
        (await next.Voice("lost").Get()).ShouldBe(Plain);
        (await next.Catalog.ListIds()).ShouldBe(["lost"]);
    }

    [Fact]
    public async Task Voices_created_concurrently_are_all_listed_while_lists_are_read()
    {
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"voice {i}")];
        var puts = ids.Select(id => _cluster.Voice(id).Put(Plain)).ToArray();
        var lists = Enumerable.Range(0, 10).Select(_ => _cluster.Catalog.List()).ToArray();
        await Task.WhenAll(puts).WaitAsync(TimeSpan.FromSeconds(20));
        await Task.WhenAll(lists).WaitAsync(TimeSpan.FromSeconds(20));
        (await _cluster.Catalog.ListIds()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task An_invalid_id_is_refused() =>
        await Should.ThrowAsync<ArgumentException>(_cluster.Voice("a\nb").Put(Plain));

    [Fact]
    public async Task A_new_voice_copies_the_transcript_of_its_prompt_unless_it_has_one()
    {
        await Register("p", "Of the prompt.");
        var cloned = Plain with { AudioPrompt = "p" };
        (await _cluster.Voice("a").Put(cloned))!.AudioPromptTranscript.ShouldBe("Of the prompt.");
        (await _cluster.Voice("b").Put(cloned with { AudioPromptTranscript = "Own." }))!.AudioPromptTranscript.ShouldBe("Own.");
        (await _cluster.Voice("c").Put(cloned with { AudioPromptTranscript = "" }))!.AudioPromptTranscript.ShouldBe("");
        foreach (var unknown in (string[])["none", " ", "a/b", ""])
            (await _cluster.Voice("d").Put(Plain with { AudioPrompt = unknown }))!.AudioPromptTranscript.ShouldBeNull();
    }

    [Fact]
    public async Task A_change_of_the_prompt_copies_its_transcript_unless_one_is_sent()
    {
        await Register("p", "Of p.");
        await Register("q", "Of q.");
        await _cluster.Voice("v").Put(Plain with { AudioPrompt = "p", AudioPromptTranscript = "By hand." });
        (await ChangePrompt("v", "p")).ShouldBe("By hand.");
        (await ChangePrompt("v", "q")).ShouldBe("Of q.");
        (await ChangePrompt("v", "p", "Sent.")).ShouldBe("Sent.");
        (await ChangePrompt("v", "unknown")).ShouldBeNull();
    }

    [Fact]
    public async Task A_transcript_set_before_the_prompt_is_kept_until_a_prompt_with_a_transcript_is_set()
    {
        await Register("p", "Of p.");
        await _cluster.Voice("v").Put(Plain with { AudioPromptTranscript = "Set before." });
        (await ChangePrompt("v", "unknown")).ShouldBe("Set before.");
        (await ChangePrompt("v", "p")).ShouldBe("Of p.");
    }

    [Theory]
    [InlineData(TranscriptScope.Missing, true, false, false)]
    [InlineData(TranscriptScope.NotSetByHand, true, true, false)]
    [InlineData(TranscriptScope.All, true, true, true)]
    public async Task A_changed_transcript_reaches_the_voices_in_its_scope(TranscriptScope scope, bool empty, bool copied, bool byHand)
    {
        await _cluster.Voice("empty").Put(Plain with { AudioPrompt = "p" });
        await Register("p", "Copied.");
        await _cluster.Voice("copied").Put(Plain with { AudioPrompt = "p" });
        await _cluster.Voice("by hand").Put(Plain with { AudioPrompt = "p", AudioPromptTranscript = "Typed." });
        await _cluster.Voice("other").Put(Plain with { AudioPrompt = "q" });
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        (string Id, bool Changed)[] voices =
            [("empty", empty), ("copied", copied), ("by hand", byHand), ("other", false), ("unknown", false)];
        foreach (var voice in voices)
        {
            (await next.Voice(voice.Id).ApplyTranscript(new TranscriptChange("p", "New.", scope))).ShouldBe(voice.Changed, voice.Id);
            ((await next.Voice(voice.Id).Get())?.AudioPromptTranscript == "New.").ShouldBe(voice.Changed, voice.Id);
        }
    }

    private async Task<string?> ChangePrompt(string voice, string prompt, string? transcript = null) =>
        (await _cluster.Voice(voice).Update(new VoiceChange(null, null, prompt, transcript)))!.AudioPromptTranscript;

    private Task Register(string id, string text) => Register(_cluster.Grains.GetGrain<IAudioPromptGrain>(id), text);

    private static async Task Register(IAudioPromptGrain prompt, string text)
    {
        await prompt.Register(new PromptRecording("audio_prompts/p.wav", 1, 44100, "11"));
        await prompt.SetTranscript(new PromptTranscript(text, "txt", []));
    }
}
