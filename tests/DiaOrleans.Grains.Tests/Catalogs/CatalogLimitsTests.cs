using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Catalogs;

/// <summary>Catalogues of voices and prompts with many ids.</summary>
public sealed class CatalogLimitsTests
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);

    [Fact]
    public async Task A_voice_beyond_the_limit_is_not_created_and_those_that_exist_can_be_changed()
    {
        await using var cluster = await Start(new CatalogOptions { MaxVoices = 2 });
        foreach (var id in (string[])["a", "b"]) (await cluster.Voice(id).Put(Plain)).ShouldNotBeNull();
        (await cluster.Voice("c").Put(Plain)).ShouldBeNull();
        (await cluster.Voice("c").Get()).ShouldBeNull();
        (await cluster.Voice("a").Put(Plain with { Style = "calm" }))!.Style.ShouldBe("calm");
        (await cluster.Catalog.ListIds()).ShouldBe(["a", "b"]);
        await cluster.Voice("a").Delete();
        (await cluster.Voice("c").Put(Plain)).ShouldNotBeNull();
        (await cluster.Catalog.ListIds()).ShouldBe(["b", "c"]);
    }

    [Fact]
    public async Task A_limit_that_is_lowered_hides_no_voice()
    {
        await using var first = await Start(new CatalogOptions());
        foreach (var id in (string[])["a", "b", "c"]) await first.Voice(id).Put(Plain);
        await using var next = await Start(new CatalogOptions { MaxVoices = 1 }, first.Storage);
        (await next.Voice("c").Get()).ShouldNotBeNull();
        (await next.Catalog.ListIds()).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_prompt_beyond_the_limit_is_not_registered()
    {
        await using var cluster = await Start(new CatalogOptions { MaxPrompts = 1 });
        var recording = new PromptRecording("audio_prompts/x.wav", 1, 44_100, "0a");
        (await cluster.Grains.GetGrain<IAudioPromptGrain>("a").Register(recording)).ShouldNotBeNull();
        (await cluster.Grains.GetGrain<IAudioPromptGrain>("b").Register(recording)).ShouldBeNull();
        (await cluster.Grains.GetGrain<IAudioPromptGrain>("a").Register(recording with { Hash = "0b" })).ShouldNotBeNull();
        var catalog = cluster.Grains.GetGrain<IAudioPromptCatalogGrain>(0);
        (await catalog.HasRoomFor("b")).ShouldBeFalse();
        (await catalog.HasRoomFor("a")).ShouldBeTrue();
        (await catalog.List()).Select(prompt => prompt.Id).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_catalogue_of_version_1_is_read_and_its_voices_keep_their_order_when_it_is_divided()
    {
        var storage = new SharedStorage();
        string[] ids = [.. Enumerable.Range(0, 600).Select(i => $"v{i}")];
        var list = string.Join(',', ids.Select(id => $"\"{id}\""));
        storage.Put(
            "voice-catalog",
            GrainId.Create("dia.voice-catalog", "0"),
            $$$"""{"type":"dia.voice-catalog","version":1,"state":{"ids":[{{{list}}}]}}""");
        foreach (var id in ids)
        {
            storage.Put(
                "voice",
                GrainId.Create("dia.voice", id),
                """
                {"type":"dia.voice","version":2,"state":{"settings":{"style":"neutral","primarySpeaker":"S1","audioPrompt":null,
                "audioPromptTranscript":null},"transcriptFromPrompt":false}}
                """);
        }

        await using (var first = await Start(new CatalogOptions(), storage))
        {
            (await first.Catalog.ListIds()).ShouldBe(ids);
            await first.Voice("new").Put(Plain);
            await first.Voice("v3").Delete();
        }

        await using var next = await Start(new CatalogOptions(), storage);
        (await next.Catalog.ListIds()).ShouldBe([.. ids.Where(id => id != "v3"), "new"]);
    }

    [Fact]
    public async Task The_first_voices_are_named_without_reading_the_others()
    {
        var storage = new SharedStorage();
        await using (var first = await Start(new CatalogOptions(), storage))
        {
            foreach (var i in Enumerable.Range(0, 300)) await first.Voice($"v{i}").Put(Plain);
        }

        // What a crash between the two writes of a creation leaves.
        storage.Put("voice", GrainId.Create("dia.voice", "v1"), """{"type":"dia.voice","version":2,"state":{"settings":null}}""");
        await using var next = await Start(new CatalogOptions(), storage);
        var before = storage.ReadsOf("voice");
        var named = await next.Catalog.ListFirst(10);
        named.Ids.ShouldBe([.. Enumerable.Range(0, 11).Where(i => i != 1).Select(i => $"v{i}")]);
        named.Further.ShouldBe(289);
        (storage.ReadsOf("voice") - before).ShouldBe(12, "of v1, nothing is stored, so that its grain reads, too");
        (await next.Catalog.ListFirst(500)).ShouldSatisfyAllConditions(
            all => all.Ids.Count.ShouldBe(299),
            all => all.Further.ShouldBe(0));
    }

    private static Task<GrainCluster> Start(CatalogOptions options, SharedStorage? storage = null) =>
        GrainCluster.Start(storage, loaded: false, configure: services => services.AddSingleton(options));
}
