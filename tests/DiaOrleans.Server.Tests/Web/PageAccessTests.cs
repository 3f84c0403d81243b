using DiaOrleans.Server.Hosting;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page of a server with a key, and on a small screen.</summary>
[Collection(nameof(PageCollection))]
public sealed class PageAccessTests(PageBrowser browser, PageServer shared)
{
    [Fact]
    public async Task The_page_asks_for_the_key_once_and_keeps_it_for_the_tab()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret" });
        await using var open = await browser.Open(server);
        var page = open.Page;
        await page.FillAsync("#key", "wrong");
        await page.ClickAsync("#key-dialog [type=submit]");
        await page.Locator("#key-dialog .notice").GetByText("Invalid or missing API key").WaitForAsync();
        await page.FillAsync("#key", "secret");
        await page.CheckAsync("#key-keep");
        await open.Save("#key-dialog");
        await open.MakeVoice("guarded");
        await page.FillAsync("#script", "Where is my hat?");
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        await page.ReloadAsync();
        await page.WaitForSelectorAsync(
            "#voice option[value=guarded]",
            new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        (await page.IsVisibleAsync("#key-dialog")).ShouldBeFalse();
        (await page.EvaluateAsync<string>("JSON.stringify({ ...localStorage }) + document.cookie")).ShouldNotContain("secret");
        open.ShouldBeClean("status of 401");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(900)]
    public async Task Nothing_is_wider_than_the_screen(int width)
    {
        await using var open = await browser.Open(shared.Server, width);
        await open.Page.WaitForSelectorAsync("#status[data-state=ready]");
        foreach (var part in (string[])["#more", "#turns-box", "#copy-box"]) await open.Page.ClickAsync($"{part} summary");
        await open.Page.FillAsync("#script", $"[S1] Where is my hat? [S2] {new string('x', 200)}");
        await open.Page.WaitForSelectorAsync("#turns li:nth-child(2)");
        (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(width);
    }

    [Fact]
    public async Task Every_field_and_button_has_a_name()
    {
        await using var open = await browser.Open(shared.Server);
        await open.Page.WaitForSelectorAsync("#status[data-state=ready]");
        var nameless = await open.Page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll("input, select, textarea, button, audio, dialog")]
              .filter(e => !e.labels?.length && !e.textContent.trim())
              .filter(e => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
              .map(e => e.outerHTML)
            """);
        nameless.ShouldBeEmpty();
    }
}
