using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page of a server that goes away, that needs a key, or that another tab or program changes, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class ConnectionTests(PageBrowser browser, PageServer shared)
{
    private const string Lost = "The server does not answer.";

    [Fact]
    public async Task A_server_that_goes_away_is_shown_once_and_the_page_goes_on_when_it_is_back()
    {
        await using var own = await RunningServer.Start();
        await using var open = await browser.Open(own);
        var page = open.Page;
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        await page.FillAsync("#script", "Typed before.");
        await page.RouteAsync("**/*", route => route.AbortAsync("connectionrefused"));
        await page.Locator("#connection").GetByText(Lost).WaitForAsync();
        await page.WaitForSelectorAsync("#status[data-state=lost]");
        await page.ClickAsync("#tab-jobs");
        await page.WaitForRequestAsync(request => request.Url.Contains("/jobs?"));
        (await page.GetByText(Lost).Locator("visible=true").CountAsync()).ShouldBe(1);

        await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"meanwhile"}""");
        await page.UnrouteAllAsync();
        await Assertions.Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await page.WaitForSelectorAsync("#voice option[value=meanwhile]", Attached);
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        (await page.InputValueAsync("#script")).ShouldBe("Typed before.");
        (await page.GetByText(Lost).Locator("visible=true").CountAsync()).ShouldBe(0);
        open.ShouldBeClean("ERR_CONNECTION_REFUSED");
    }

    [Fact]
    public async Task A_proxy_without_its_server_is_a_server_that_does_not_answer()
    {
        await using var open = await browser.Open(shared.Server);
        await open.Page.WaitForSelectorAsync("#status[data-state=ready]");
        await open.Page.RouteAsync("**/*", route => route.FulfillAsync(new RouteFulfillOptions { Status = 502, Body = "Bad Gateway" }));
        await open.Page.Locator("#connection").GetByText(Lost).WaitForAsync();
        open.ShouldBeClean("status of 502");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_key_outlives_a_reload_only_if_the_user_ticks_it(bool ticked)
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret" });
        await using var open = await browser.Open(server);
        var page = open.Page;
        await page.FillAsync("#key", "secret");
        if (ticked) await page.CheckAsync("#key-keep");
        await open.Save("#key-dialog");
        await open.MakeVoice("guarded");
        (await page.EvaluateAsync<string>("JSON.stringify([{ ...sessionStorage }])")).Contains("secret", StringComparison.Ordinal)
            .ShouldBe(ticked);
        await page.ReloadAsync();
        if (ticked) await page.WaitForSelectorAsync("#voice option[value=guarded]", Attached);
        else await page.WaitForSelectorAsync("#key-dialog[open]");
        (await page.IsVisibleAsync("#key-dialog")).ShouldBe(!ticked);
        (await page.EvaluateAsync<string>("JSON.stringify({ ...localStorage }) + document.cookie")).ShouldNotContain("secret");
        open.ShouldBeClean("status of 401");
    }

    [Fact]
    public async Task A_page_without_the_key_says_what_it_cannot_do_and_does_not_ask_again()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret" });
        await using var open = await browser.Open(server);
        var page = open.Page;
        await page.ClickAsync("#key-dialog [data-close]");
        await page.Locator("#locked").GetByText("This server needs an API key. Without it the page shows no voices").WaitForAsync();
        await page.WaitForRequestAsync(request => request.Url.Contains("/jobs?"));
        (await page.IsVisibleAsync("#key-dialog")).ShouldBeFalse();
        (await page.GetByText("Invalid or missing API key").Locator("visible=true").CountAsync()).ShouldBe(0);
        await page.ClickAsync("#unlock");
        await page.FillAsync("#key", "secret");
        await open.Save("#key-dialog");
        await Assertions.Expect(page.Locator("#locked")).ToBeHiddenAsync();
        await open.MakeVoice("unlocked");
        open.ShouldBeClean("status of 401");
    }

    [Fact]
    public async Task What_another_tab_changes_appears()
    {
        await using var open = await browser.Open(shared.Server);
        var second = await open.Page.Context.NewPageAsync();
        await second.GotoAsync(shared.Server.Address.ToString());
        await second.WaitForSelectorAsync("#status[data-state=ready]");
        await open.MakeVoice("of the first tab");
        await second.WaitForSelectorAsync("#voice option[value='of the first tab']", Attached);
        open.ShouldBeClean();
    }

    private static PageWaitForSelectorOptions Attached => new() { State = WaitForSelectorState.Attached };
}
