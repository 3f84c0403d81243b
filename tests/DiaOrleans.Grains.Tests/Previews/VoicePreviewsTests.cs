using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Previews;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Previews;

public sealed class VoicePreviewsTests : IAsyncLifetime
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_voice_that_does_not_exist_has_no_preview()
    {
        foreach (var id in (string[])["unknown", " ", "a\nb"]) (await Previews().Find(id)).ShouldBeNull();
    }

    [Fact]
    public async Task Key_and_seed_of_a_version_stay_the_same_for_ever()
    {
        await _cluster.Voice("anna").Put(Plain);
        var preview = (await Previews().Find("anna"))!;
        preview.Key.ShouldBe("previews/55579b557896d0ce-de58a3c6e49ed973.wav");
        preview.Request.Seed.ShouldBe(-2425008324704544397);
        await Register("22", "Größe.");
        await _cluster.Voice("anna").Put(new VoiceSettings("calm", "S2", "p", "Own."));
        (await Previews().Find("anna"))!.Key.ShouldBe("previews/55579b557896d0ce-ae6b99ce11150408.wav");
    }

    [Fact]
    public async Task The_request_names_the_voice_without_brackets()
    {
        foreach (var (id, name) in new[] { ("a[S2]b", "a S2 b"), ("<break time='99s'/>&#91;", " break time='99s'/  #91;") })
        {
            await _cluster.Voice(id).Put(Plain);
            var request = (await Previews().Find(id))!.Request;
            request.Text.ShouldBe($"[S1] Hello, my name is {name}. [S2] How do you like my voice?");
            request.VoiceId.ShouldBe(id);
        }
    }

    [Fact]
    public async Task A_change_of_the_voice_or_of_its_prompt_is_a_new_version()
    {
        var keys = new List<string>();
        await _cluster.Voice("v").Put(Plain with { AudioPrompt = "p", AudioPromptTranscript = "Own." });
        await AddKey();
        await Register("11", "Words.");
        await AddKey();
        await Register("22", "Words.");
        await AddKey();
        await Register("22", "Other words.");
        await AddKey();
        await _cluster.Voice("v").Put(Plain);
        await AddKey();
        keys.Distinct().Count().ShouldBe(5);

        async Task AddKey() => keys.Add((await Previews().Find("v"))!.Key);
    }

    [Fact]
    public async Task A_kept_preview_is_read_back_and_replaces_earlier_versions_of_the_same_voice_only()
    {
        foreach (var id in (string[])["v", "w"]) await _cluster.Voice(id).Put(Plain);
        var other = (await Previews().Find("w"))!;
        var first = (await Previews().Find("v"))!;
        (await Previews().OpenRead(first)).ShouldBeNull();
        await Previews().Keep(other, [9]);
        await Previews().Keep(first, [1]);
        await _cluster.Voice("v").Put(Plain with { PrimarySpeaker = "S2" });
        var second = (await Previews().Find("v"))!;
        (await Previews().OpenRead(second)).ShouldBeNull();
        await Previews().Keep(second, [2]);
        _cluster.Blobs.Keys.ShouldBe([second.Key, other.Key], ignoreOrder: true);
        await using var stored = (await Previews().OpenRead(second))!;
        stored.Content.ReadByte().ShouldBe(2);
    }

    private async Task Register(string hash, string transcript)
    {
        var prompt = _cluster.Grains.GetGrain<IAudioPromptGrain>("p");
        await prompt.Register(new PromptRecording("audio_prompts/p.wav", 1, 44100, hash));
        await prompt.SetTranscript(new PromptTranscript(transcript, "txt", []));
    }

    private VoicePreviews Previews() => _cluster.Silos[0].ServiceProvider.GetRequiredService<VoicePreviews>();
}
