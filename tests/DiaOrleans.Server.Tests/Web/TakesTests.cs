using System.Globalization;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The takes that the page keeps, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class TakesTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_take_outlives_a_reload_with_its_audio_seed_and_settings()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("kept");
        await open.Set("#temperature", "0.9");
        await open.Speak("Where is my hat?");
        var (seed, seconds) = (await page.TextContentAsync("#seed-made"), await open.AudioSeconds());
        long.Parse(seed!, CultureInfo.InvariantCulture).ShouldNotBe(-1);
        await page.FillAsync("#script", "Something else.");
        await open.Set("#temperature", "");
        await page.ReloadAsync();
        var row = page.Locator("#takes li");
        await row.GetByText($"seed {seed}").WaitForAsync();
        await Press(row, "Play");
        (await open.AudioSeconds()).ShouldBe(seconds, 0.01);
        await page.WaitForSelectorAsync("#player[data-sound=playing]");
        await page.WaitForSelectorAsync("#takes li[aria-current=true]");
        await Press(row, "Use these settings");
        (await page.InputValueAsync("#script")).ShouldBe("Where is my hat?");
        (await page.InputValueAsync("#temperature")).ShouldBe("0.9");
        (await page.InputValueAsync("#seed")).ShouldBe(seed);
        await page.ClickAsync("#undo-do");
        (await page.InputValueAsync("#script")).ShouldBe("Something else.");
        (await page.InputValueAsync("#temperature")).ShouldBe("");
        (await page.InputValueAsync("#seed")).ShouldBe("");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_same_settings_make_the_same_take()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("again");
        var first = await File.ReadAllBytesAsync(await Download(open, await open.Speak("Where is my hat?")));
        await open.Page.ClickAsync("#seed-again");
        await open.Page.WaitForFunctionAsync(
            "() => document.getElementById('seed').value === document.getElementById('seed-made').textContent");
        var second = await File.ReadAllBytesAsync(await Download(open, await open.Speak("Where is my hat?")));
        second.ShouldBe(first);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Two_takes_are_compared_at_the_same_position()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("pair");
        await open.Speak("[S1] The old house by the river has been empty for years.");
        await open.Speak("[S1] The old house by the river has been empty for years.");
        await page.Locator("#takes li").Last.GetByText("Compare").ClickAsync();
        await page.WaitForSelectorAsync("#compare button[aria-pressed=true]:has-text('Take 1')");
        if (await page.GetAttributeAsync("#player", "data-sound") == "playing") await page.ClickAsync("#play");
        await page.WaitForSelectorAsync("#player[data-sound=paused]");
        await page.EvaluateAsync("() => { seek.value = 1; seek.dispatchEvent(new Event('input')); }");
        await page.ClickAsync("#compare button:has-text('Take 2')");
        await page.WaitForSelectorAsync("#takes li[data-take='2'][aria-current=true]");
        (await open.Position()).ShouldBe(1, 0.01);
        (await page.GetAttributeAsync("#player", "data-sound")).ShouldBe("paused");
        await page.ClickAsync("#compare button:has-text('Take 1')");
        await page.WaitForSelectorAsync("#takes li[data-take='1'][aria-current=true]");
        (await open.Position()).ShouldBe(1, 0.01);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_deleted_take_can_be_brought_back_until_the_next_change()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("deleted");
        var row = await open.Speak("Where is my hat?");
        await Press(row, "Delete");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#takes li').length === 0");
        (await page.IsDisabledAsync("#play")).ShouldBeTrue();
        await page.ClickAsync("#undo-do");
        await row.WaitForAsync();
        await page.ReloadAsync();
        await row.WaitForAsync();
        await page.ClickAsync("#takes-clear");
        await open.Save("#confirm-dialog");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#takes li').length === 0");
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("#takes-hint");
        (await row.CountAsync()).ShouldBe(0);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_last_twenty_takes_are_kept_and_another_tab_shows_them()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("many");
        await open.Speak("Where is my hat?");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(server.Server.Address.ToString());
        await other.WaitForSelectorAsync("#takes li");
        await page.EvaluateAsync(
            """
            async () => {
              const { keepTake } = await import("./ui/takes.js");
              const { storedTakes } = await import("./ui/take-store.js");
              const { id, at, ...take } = (await storedTakes())[0];
              for (let number = 2; number <= 22; number++) await keepTake({ ...take, text: `Take number ${number}` }, null);
            }
            """);
        foreach (var tab in (IPage[])[page, other])
        {
            await tab.Locator("#takes li").First.GetByText("Take number 22").WaitForAsync();
            (await tab.Locator("#takes li").CountAsync()).ShouldBe(20);
            (await tab.Locator("#takes li").Last.Locator(".excerpt").TextContentAsync()).ShouldBe("Take number 3");
        }

        open.ShouldBeClean();
    }

    [Fact]
    public async Task Without_a_database_takes_are_kept_until_the_page_is_closed()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.AddInitScriptAsync("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } })");
        await page.ReloadAsync();
        await open.MakeVoice("unstored");
        await page.Locator("#takes-store").GetByText("This browser does not store takes.").WaitForAsync();
        var row = await open.Speak("Where is my hat?");
        await open.Speak("On the chair.");
        (await row.GetAttributeAsync("data-take")).ShouldBe("2");
        await Press(page.Locator("#takes li").Last, "Play");
        await page.WaitForSelectorAsync("#takes li[data-take='1'][aria-current=true]");
        open.ShouldBeClean();
    }

    private static Task Press(ILocator row, string name) =>
        row.GetByText(name, new LocatorGetByTextOptions { Exact = true }).ClickAsync();

    private static async Task<string> Download(OpenPage open, ILocator row)
    {
        var download = await open.Page.RunAndWaitForDownloadAsync(() => Press(row, "Download"));
        return (await download.PathAsync())!;
    }
}
