using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class AudioPromptGrainTests : IAsyncLifetime
{
    private static readonly PromptRecording First = new("audio_prompts/a.wav", 1.5, 44100, "11");
    private static readonly PromptRecording Second = First with { Hash = "22" };
    private static readonly PromptTranscript Recognised = new("Recognised.", "whisper", [new TranscriptSpan(0, 1, "Recognised.")]);
    private static readonly PromptTranscript ByHand = new("Typed.", "manual", []);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_prompt_that_is_not_registered_is_null_and_keeps_nothing()
    {
        (await Prompt("x").Get()).ShouldBeNull();
        (await Prompt("x").SetTranscript(ByHand)).ShouldBeNull();
        await Prompt("x").KeepCodes(Codes("11"));
        (await Prompt("x").GetCodes("codec")).ShouldBeNull();
        (await Prompt("x").Delete()).ShouldBeFalse();
        (await Catalog().List()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Prompts_are_listed_in_the_order_of_registration()
    {
        foreach (var id in (string[])["z", "a", "m"]) await Prompt(id).Register(First);
        await Prompt("z").Register(Second);
        (await Prompt("a").Delete()).ShouldBeTrue();
        (await Catalog().List()).Select(prompt => (prompt.Id, prompt.Hash)).ShouldBe([("z", "22"), ("m", "11")]);
    }

    [Fact]
    public async Task Everything_survives_a_restart()
    {
        var registered = await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(Recognised);
        await Prompt("a").KeepCodes(Codes("11"));
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        var prompt = (await next.Grains.GetGrain<IAudioPromptGrain>("a").Get())!;
        prompt.Recording.ShouldBe(First);
        prompt.DiscoveredAt.ShouldBe(registered!.DiscoveredAt);
        prompt.Transcript!.Text.ShouldBe("Recognised.");
        prompt.Transcript.Spans.ShouldBe(Recognised.Spans);
        (await next.Grains.GetGrain<IAudioPromptGrain>("a").GetCodes("codec"))!.Cells.ShouldBe([1, 2, 3, 4]);
        (await next.Grains.GetGrain<IAudioPromptCatalogGrain>(0).List()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_new_recording_drops_codes_and_recognised_words()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(Recognised);
        foreach (var codec in (string[])["one", "two"]) await Prompt("a").KeepCodes(Codes("11", codec));
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        var before = (await Prompt("a").Get())!.DiscoveredAt;
        var after = await Prompt("a").Register(Second);
        after!.Transcript.ShouldBeNull();
        after.DiscoveredAt.ShouldBeGreaterThan(before);
        await Prompt("a").Register(First);
        foreach (var codec in (string[])["one", "two"]) (await Prompt("a").GetCodes(codec)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_recording_keeps_words_that_were_set_by_hand()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(ByHand with { Spans = Recognised.Spans });
        (await Prompt("a").Register(Second))!.Transcript.ShouldBeEquivalentTo(ByHand);
    }

    [Fact]
    public async Task The_same_recording_again_keeps_everything()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(Recognised);
        await Prompt("a").KeepCodes(Codes("11"));
        (await Prompt("a").Register(First))!.Transcript!.Source.ShouldBe("whisper");
        (await Prompt("a").GetCodes("codec")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Codes_of_another_recording_are_not_kept()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("22"));
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task Each_codec_gets_its_own_codes_also_after_a_restart()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("11", "one", 1, 2));
        await Prompt("a").KeepCodes(Codes("11", "two", 3, 4));
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        foreach (var prompt in (IAudioPromptGrain[])[Prompt("a"), next.Grains.GetGrain<IAudioPromptGrain>("a")])
        {
            (await prompt.GetCodes("one"))!.Cells.ShouldBe([1, 2]);
            (await prompt.GetCodes("two"))!.Cells.ShouldBe([3, 4]);
            (await prompt.GetCodes("three")).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Of_codes_that_two_silos_made_with_one_codec_those_that_came_first_are_kept()
    {
        await Prompt("a").Register(First);
        (await Prompt("a").KeepCodes(Codes("11", "one", 1, 2)))!.Cells.ShouldBe([1, 2]);
        (await Prompt("a").KeepCodes(Codes("11", "one", 3, 4)))!.Cells.ShouldBe([1, 2]);
        (await Prompt("a").GetCodes("one"))!.Cells.ShouldBe([1, 2]);
        (await Prompt("a").KeepCodes(Codes("22", "one", 3, 4))).ShouldBeNull();
    }

    [Fact]
    public async Task Codes_that_the_previous_release_stored_are_used_and_stay_beside_new_ones()
    {
        var storage = new SharedStorage();
        var id = GrainId.Create("dia.audio-prompt", "a");
        storage.Put("audio-prompt", id,
            """
            {"type":"dia.audio-prompt","version":1,"state":{"recording":{"path":"audio_prompts/a.wav","duration":1.5,"sampleRate":44100,
            "hash":"11"},"transcript":null,"discoveredAt":"2026-03-04T05:06:07+00:00"}}
            """);
        storage.Put("audio-prompt-codes", id,
            """
            {"type":"dia.audio-prompt-codes","version":1,"state":{"codes":{"recordingHash":"11","codecFingerprint":"old",
            "cells":[7,8,9,1023],"channels":2}}}
            """);
        await using (var cluster = await GrainCluster.Start(storage, loaded: false))
        {
            var prompt = cluster.Grains.GetGrain<IAudioPromptGrain>("a");
            (await prompt.GetCodes("old"))!.Cells.ShouldBe([7, 8, 9, 1023]);
            await prompt.KeepCodes(Codes("11", "new"));
        }

        await using var next = await GrainCluster.Start(storage, loaded: false);
        (await next.Grains.GetGrain<IAudioPromptGrain>("a").GetCodes("old"))!.Cells.ShouldBe([7, 8, 9, 1023]);
        (await next.Grains.GetGrain<IAudioPromptGrain>("a").GetCodes("new"))!.Cells.ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task Codes_of_an_unlimited_number_of_codecs_are_not_kept()
    {
        await Prompt("a").Register(First);
        for (var i = 0; i <= KeptCodes.MaxCodecs; i++) await Prompt("a").KeepCodes(Codes("11", $"codec {i}"));
        (await Prompt("a").GetCodes("codec 0")).ShouldBeNull();
        for (var i = 1; i <= KeptCodes.MaxCodecs; i++) (await Prompt("a").GetCodes($"codec {i}")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Old_codes_that_an_interrupted_registration_left_are_not_returned()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("11"));
        _cluster.Storage.FailNext = "audio-prompt-codes";
        await Should.ThrowAsync<OrleansException>(Prompt("a").Register(Second));
        (await Prompt("a").Get())!.Hash.ShouldBe("22");
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task Codes_that_were_not_stored_are_not_returned()
    {
        await Prompt("a").Register(First);
        _cluster.Storage.FailNext = "audio-prompt-codes";
        await Should.ThrowAsync<OrleansException>(Prompt("a").KeepCodes(Codes("11")));
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task An_interrupted_registration_leaves_no_prompt()
    {
        _cluster.Storage.FailNext = "audio-prompt";
        await Should.ThrowAsync<OrleansException>(Prompt("half").Register(First));
        (await Prompt("half").Get()).ShouldBeNull();
        (await Catalog().List()).ShouldBeEmpty();
        await Prompt("half").Register(First);
        (await Catalog().List()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_deletion_that_failed_to_remove_the_codes_can_be_repeated()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("11"));
        _cluster.Storage.FailNext = "audio-prompt-codes";
        await Should.ThrowAsync<OrleansException>(Prompt("a").Delete());
        (await Prompt("a").Delete()).ShouldBeTrue();
        await Prompt("a").Register(First);
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task A_deletion_that_failed_before_the_catalogue_was_written_is_completed_later()
    {
        await Prompt("a").Register(First);
        _cluster.Storage.FailNext = "audio-prompt-catalog";
        await Should.ThrowAsync<OrleansException>(Prompt("a").Delete());
        (await Catalog().List()).ShouldBeEmpty();
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        (await next.Grains.GetGrain<IAudioPromptCatalogGrain>(0).List()).ShouldBeEmpty();
        foreach (var id in (string[])["b", "a"]) await next.Grains.GetGrain<IAudioPromptGrain>(id).Register(First);
        (await next.Grains.GetGrain<IAudioPromptCatalogGrain>(0).List()).Select(prompt => prompt.Id).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task Prompts_registered_concurrently_are_all_listed_while_lists_are_read()
    {
        string[] ids = [.. Enumerable.Range(0, 30).Select(i => $"p{i}")];
        var registrations = ids.Select(id => Prompt(id).Register(First)).ToArray();
        var lists = Enumerable.Range(0, 10).Select(_ => Catalog().List()).ToArray();
        await Task.WhenAll(registrations).WaitAsync(TimeSpan.FromSeconds(20));
        await Task.WhenAll(lists).WaitAsync(TimeSpan.FromSeconds(20));
        (await Catalog().List()).Select(prompt => prompt.Id).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task An_id_that_is_no_file_name_is_refused() => await Should.ThrowAsync<ArgumentException>(Prompt("a/b").Register(First));

    private static PromptCodes Codes(string hash, string codec = "codec", params short[] cells) =>
        new(hash, codec, cells.Length > 0 ? cells : [1, 2, 3, 4], 2);

    private IAudioPromptGrain Prompt(string id) => _cluster.Grains.GetGrain<IAudioPromptGrain>(id);

    private IAudioPromptCatalogGrain Catalog() => _cluster.Grains.GetGrain<IAudioPromptCatalogGrain>(0);
}
