using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class AudioPromptGrainTests : IAsyncLifetime
{
    private static readonly PromptRecording First = new("audio_prompts/a.wav", 1.5, 44100, "11");
    private static readonly PromptRecording Second = First with { Hash = "22" };
    private static readonly PromptTranscript Heard = new("Heard.", "whisper", [new TranscriptSpan(0, 1, "Heard.")]);
    private static readonly PromptTranscript ByHand = new("Typed.", "manual", []);
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_prompt_that_nobody_registered_is_null_and_takes_nothing()
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
        await Prompt("a").SetTranscript(Heard);
        await Prompt("a").KeepCodes(Codes("11"));
        await using var next = await GrainCluster.Start(_cluster.Storage, loaded: false);
        var prompt = (await next.Grains.GetGrain<IAudioPromptGrain>("a").Get())!;
        prompt.Recording.ShouldBe(First);
        prompt.DiscoveredAt.ShouldBe(registered.DiscoveredAt);
        prompt.Transcript!.Text.ShouldBe("Heard.");
        prompt.Transcript.Spans.ShouldBe(Heard.Spans);
        (await next.Grains.GetGrain<IAudioPromptGrain>("a").GetCodes("codec"))!.Cells.ShouldBe([1, 2, 3, 4]);
        (await next.Grains.GetGrain<IAudioPromptCatalogGrain>(0).List()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_new_recording_drops_codes_and_recognised_words()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(Heard);
        await Prompt("a").KeepCodes(Codes("11"));
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        var before = (await Prompt("a").Get())!.DiscoveredAt;
        var after = await Prompt("a").Register(Second);
        after.Transcript.ShouldBeNull();
        after.DiscoveredAt.ShouldBeGreaterThan(before);
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_recording_keeps_words_that_were_set_by_hand()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(ByHand);
        (await Prompt("a").Register(Second)).Transcript!.Text.ShouldBe("Typed.");
    }

    [Fact]
    public async Task The_same_recording_again_keeps_all()
    {
        await Prompt("a").Register(First);
        await Prompt("a").SetTranscript(Heard);
        await Prompt("a").KeepCodes(Codes("11"));
        (await Prompt("a").Register(First)).Transcript!.Source.ShouldBe("whisper");
        (await Prompt("a").GetCodes("codec")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Codes_are_kept_for_one_codec_and_this_recording()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("22"));
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
        await Prompt("a").KeepCodes(Codes("11"));
        (await Prompt("a").GetCodes("codec")).ShouldNotBeNull();
        (await Prompt("a").GetCodes("another")).ShouldBeNull();
    }

    [Fact]
    public async Task Old_codes_that_a_broken_off_registration_left_are_not_given_out()
    {
        await Prompt("a").Register(First);
        await Prompt("a").KeepCodes(Codes("11"));
        _cluster.Storage.FailNext = "audio-prompt-codes";
        await Should.ThrowAsync<OrleansException>(Prompt("a").Register(Second));
        (await Prompt("a").Get())!.Hash.ShouldBe("22");
        (await Prompt("a").GetCodes("codec")).ShouldBeNull();
    }

    [Fact]
    public async Task A_registration_that_broke_off_leaves_no_prompt()
    {
        _cluster.Storage.FailNext = "audio-prompt";
        await Should.ThrowAsync<OrleansException>(Prompt("half").Register(First));
        (await Prompt("half").Get()).ShouldBeNull();
        (await Catalog().List()).ShouldBeEmpty();
        await Prompt("half").Register(First);
        (await Catalog().List()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_deletion_that_broke_off_before_the_catalogue_is_completed_later()
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
    public async Task Many_registered_at_once_are_all_listed_while_lists_are_read()
    {
        string[] ids = [.. Enumerable.Range(0, 30).Select(i => $"p{i}")];
        var registrations = ids.Select(id => Prompt(id).Register(First)).ToArray();
        var lists = Enumerable.Range(0, 10).Select(_ => Catalog().List()).ToArray();
        await Task.WhenAll(registrations).WaitAsync(TimeSpan.FromSeconds(20));
        await Task.WhenAll(lists).WaitAsync(TimeSpan.FromSeconds(20));
        (await Catalog().List()).Select(prompt => prompt.Id).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task Refuses_an_id_that_names_no_file() => await Should.ThrowAsync<ArgumentException>(Prompt("a/b").Register(First));

    private static PromptCodes Codes(string hash) => new(hash, "codec", [1, 2, 3, 4], 2);

    private IAudioPromptGrain Prompt(string id) => _cluster.Grains.GetGrain<IAudioPromptGrain>(id);

    private IAudioPromptCatalogGrain Catalog() => _cluster.Grains.GetGrain<IAudioPromptCatalogGrain>(0);
}
