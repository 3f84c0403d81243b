using System.Text.Json;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Voices on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class VoicesOnPageTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_voice_uses_a_recording_which_is_then_not_deleted()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.ClickAsync("#tab-recordings");
        await Choose(page, "toned.wav", PromptServer.Tone(1.5));
        await page.FillAsync("#upload-transcript", "A low tone.");
        await open.Save("#upload-dialog");
        await page.ClickAsync("button[aria-label='New voice with toned']");
        (await page.InputValueAsync("#voice-prompt")).ShouldBe("toned");
        await page.FillAsync("#voice-id", "toned voice");
        await open.Save("#voice-dialog");
        await page.Locator("#voices li", Has("toned voice")).GetByText("continues toned").WaitForAsync();
        var voice = (await Voices()).GetProperty("toned voice");
        (voice.GetProperty("audio_prompt").GetString(), voice.GetProperty("audio_prompt_transcript").GetString())
            .ShouldBe(("toned", "A low tone."));
        await page.ClickAsync("#tab-recordings");
        await page.ClickAsync("button[aria-label='Delete toned']");
        await open.Save("#confirm-dialog");
        await page.Locator("#prompts-notice").GetByText("is used by voices: ['toned voice']").WaitForAsync();
        await page.ClickAsync("#tab-voices");
        await page.ClickAsync("button[aria-label='Delete toned voice']");
        (await page.TextContentAsync("#confirm-text")).ShouldBe("Delete the voice “toned voice”? Its recording is kept.");
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("constructor")]
    [InlineData("__proto__")]
    [InlineData("toString")]
    [InlineData("\u65e5\u672c\u8a9e\u306e\u58f0")]
    public async Task A_voice_may_have_any_name(string name)
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice(name);
        (await Voices()).TryGetProperty(name, out _).ShouldBeTrue();
        await open.Page.ClickAsync("#voice-new");
        await open.Page.FillAsync("#voice-id", name);
        await open.Page.ClickAsync("#voice-dialog [type=submit]");
        await Assertions.Expect(open.Page.Locator("#voice-id-error")).ToHaveTextAsync($"There is a voice “{name}” already.");
        await open.Page.ClickAsync("#voice-dialog [data-close]");
        await open.Page.FillAsync("#voice-find", name);
        await open.Page.ClickAsync($"button[aria-label='Delete {name}']");
        await open.Save("#confirm-dialog");
        (await Voices()).TryGetProperty(name, out _).ShouldBeFalse();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_very_long_name_takes_one_line()
    {
        await using var own = await RunningServer.Start();
        var name = string.Join(' ', Enumerable.Repeat("long", 50));
        await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"{{name}}"}""");
        await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"b"}""");
        await using var open = await browser.Open(own, 320);
        var titles = open.Page.Locator("#voices .title");
        await Assertions.Expect(titles).ToHaveCountAsync(2);
        var heights = await titles.EvaluateAllAsync<double[]>("titles => titles.map(title => title.getBoundingClientRect().height)");
        heights[0].ShouldBe(heights[1], 1);
        (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(320);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_name_that_a_voice_cannot_have_is_refused_with_a_reason()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.ClickAsync("#voice-new");
        await open.Page.FillAsync("#voice-id", new string('x', 257));
        await open.Page.ClickAsync("#voice-dialog [type=submit]");
        await Assertions.Expect(open.Page.Locator("#voice-id-error")).ToHaveTextAsync("It must have at most 256 characters.");
        await Assertions.Expect(open.Page.Locator("#voice-id")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(open.Page.Locator("#voice-id")).ToBeFocusedAsync();
        await open.Page.FillAsync("#voice-id", "shorter");
        (await open.Page.Locator("#voice-id-error").CountAsync()).ShouldBe(0);
        (await open.Page.GetAttributeAsync("#voice-id", "aria-invalid")).ShouldBeNull();
        open.ShouldBeClean("status of 422");
    }

    [Fact]
    public async Task Escape_asks_before_it_throws_typed_text_away()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.ClickAsync("#voice-new");
        await page.FillAsync("#voice-id", "half a name");
        await page.Keyboard.PressAsync("Escape");
        (await page.TextContentAsync("#confirm-text")).ShouldBe("Throw away what you have entered?");
        await page.ClickAsync("#confirm-dialog [data-close]");
        (await page.InputValueAsync("#voice-id")).ShouldBe("half a name");
        await page.FocusAsync("#voice-id");
        await page.Keyboard.PressAsync("Escape");
        await open.Save("#confirm-dialog");
        await Assertions.Expect(page.Locator("#voice-dialog")).ToBeHiddenAsync();
        await page.ClickAsync("#voice-new");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#voice-dialog")).ToBeHiddenAsync();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Three_hundred_voices_are_found_by_their_names_and_shown_a_page_at_a_time()
    {
        await using var own = await RunningServer.Start();
        for (var i = 0; i < 300; i++) await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"voice {{i}}"}""");
        await using var open = await browser.Open(own);
        var (page, rows) = (open.Page, open.Page.Locator("#voices li"));
        await Assertions.Expect(page.Locator("#voice-total")).ToHaveTextAsync("300 voices");
        (await rows.CountAsync()).ShouldBe(50);
        await page.ClickAsync("#voices-more");
        (await rows.CountAsync()).ShouldBe(100);
        await page.FillAsync("#voice-find", "VOICE 29");
        await Assertions.Expect(page.Locator("#voice-total")).ToHaveTextAsync("11 of 300 voices");
        (await rows.CountAsync()).ShouldBe(11);
        await page.ClickAsync("button[aria-label='Use voice 299']");
        (await page.InputValueAsync("#voice")).ShouldBe("voice 299");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_voice_is_changed_previewed_and_deleted()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        const string Name = "<b>a/b</b>";
        await open.MakeVoice(Name);
        await page.ClickAsync("#voice-edit");
        await page.SelectOptionAsync("#voice-speaker", "S2");
        await open.Save("#voice-dialog");
        await page.ClickAsync("#voice-preview");
        (await open.SoundSeconds()).ShouldBeGreaterThan(1);
        // The player keeps what it has.
        (await page.GetAttributeAsync("#player", "data-state")).ShouldBe("empty");
        (await (await server.Server.Client.GetAsync("/voice_mappings")).Json()).GetProperty(Name).GetProperty("primary_speaker").GetString()
            .ShouldBe("S2");
        await page.ClickAsync("#voice-delete");
        (await page.TextContentAsync("#confirm-text")).ShouldBe($"Delete the voice “{Name}”?");
        await open.Save("#confirm-dialog");
        await page.WaitForFunctionAsync(
            "name => ![...document.getElementById('voice').options].some(option => option.value === name)",
            Name);
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("")]
    [InlineData("The kettle is on.")]
    public async Task A_server_without_voices_speaks_after_one_click(string script)
    {
        await using var own = await RunningServer.Start();
        await using var open = await browser.Open(own);
        await open.Page.FillAsync("#script", script);
        await Assertions.Expect(open.Page.Locator("#voices-none")).ToBeVisibleAsync();
        await open.Page.ClickAsync("text=Make a voice called anna");
        await open.PlayerIs("done");
        (await open.SecondsMade()).ShouldBeGreaterThan(1);
        (await open.Page.InputValueAsync("#script")).ShouldStartWith(script.Length > 0 ? script : "[S1] Have you seen my hat?");
        (await open.Page.IsVisibleAsync("#voice-hint")).ShouldBeFalse();
        (await open.Page.IsVisibleAsync("#voices-none")).ShouldBeFalse();
        (await (await own.Client.GetAsync("/voices")).Json()).GetProperty("voices").GetArrayLength().ShouldBe(1);
        open.ShouldBeClean();
    }

    private static PageLocatorOptions Has(string text) => new() { HasTextString = text };

    private static Task Choose(IPage page, string name, byte[] content) =>
        page.SetInputFilesAsync("#prompt-file", new FilePayload { Name = name, MimeType = "audio/wav", Buffer = content });

    private async Task<JsonElement> Voices() => await (await server.Server.Client.GetAsync("/voice_mappings")).Json();
}
