using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Recording by the microphone, in a browser whose microphone is Chromium's, which beeps once a second.</summary>
[Collection(nameof(PageCollection))]
public sealed class MicrophoneTests(PageBrowser browser, PageServer server)
{
    private const string Begun = "Recording: 2 of 20 s";

    [Fact]
    public async Task What_is_read_is_recorded_and_becomes_a_recording_with_its_transcript()
    {
        await using var open = await browser.Open(server.Server);
        var page = await Start(open);
        await Expect("#record-state", "Recording starts in");
        await Expect("#record-state", Begun);
        await page.WaitForFunctionAsync("() => document.getElementById('record-level').value > 0.3");
        await page.ClickAsync("#record-stop");
        await Expect("#record-state", "s recorded. Listen to it");
        await page.ClickAsync("#record-again");
        await Expect("#record-state", "Recording starts in");
        await Expect("#record-state", Begun);
        await page.ClickAsync("#record-stop");
        await Assertions.Expect(page.Locator("#record-sound .seek")).ToBeEnabledAsync();
        var words = await page.InputValueAsync("#record-text");
        words.ShouldNotBeEmpty();
        await page.ClickAsync("#record-use");
        await Assertions.Expect(page.Locator("#upload-transcript")).ToHaveValueAsync(words);
        await page.FillAsync("#upload-id", "by microphone");
        await open.Save("#upload-dialog");
        await Assertions.Expect(page.Locator("[aria-label='Transcript of by microphone']")).ToHaveValueAsync(words);
        var stored = await (await server.Server.Client.GetAsync("/audio_prompts/metadata/by%20microphone")).Json();
        stored.GetProperty("transcript").GetString().ShouldBe(words);
        stored.GetProperty("duration").GetDouble().ShouldBeInRange(2, 20);
        open.ShouldBeClean();

        Task Expect(string place, string text) => Assertions.Expect(page.Locator(place)).ToContainTextAsync(text);
    }

    [Fact]
    public async Task A_stop_during_the_countdown_records_nothing()
    {
        await using var open = await browser.Open(server.Server);
        var page = await Start(open);
        await page.ClickAsync("#record-stop");
        await page.WaitForSelectorAsync("#record-start");
        (await page.IsVisibleAsync("#record-use")).ShouldBeFalse();
        await page.ClickAsync("#record-dialog [data-close]");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Without_permission_the_page_says_how_to_give_it()
    {
        await using var open = await browser.Open(server.Server);
        await Start(open, permitted: false);
        await open.Page.Locator("#record-notice").GetByText("Allow it with the icon beside the address").WaitForAsync();
        (await open.Page.IsVisibleAsync("#record-start")).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_microphone_the_page_says_what_else_can_be_done()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.EvaluateAsync(
            """
            () => {
              navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("Requested device not found", "NotFoundError"));
            }
            """);
        await Start(open);
        await open.Page.Locator("#record-notice").GetByText("There is no microphone. Connect one and try again.").WaitForAsync();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_page_that_browsers_do_not_trust_with_the_microphone_says_so()
    {
        var address = new UriBuilder(server.Server.Address) { Host = "dia-box.lan" }.Uri;
        await using var open = await browser.Open(address, address);
        await Start(open, permitted: false);
        await open.Page.Locator("#record-notice").GetByText("only for pages on https or on localhost").WaitForAsync();
    }

    private static async Task<IPage> Start(OpenPage open, bool permitted = true)
    {
        if (permitted) await open.Page.Context.GrantPermissionsAsync(["microphone"]);
        await open.Page.ClickAsync("#tab-recordings");
        await open.Page.ClickAsync("#record");
        await open.Page.ClickAsync("#record-start");
        return open.Page;
    }
}
