using DiaOrleans.Server.Tests.Proxies;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page and /docs behind a proxy that serves them under a path, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class SubPathTests(PageBrowser browser, PageServer shared)
{
    [Theory]
    [InlineData(nameof(PathHandling.Removed))]
    [InlineData(nameof(PathHandling.Forwarded))]
    [InlineData(nameof(PathHandling.Kept))]
    public async Task The_page_works_under_a_path(string handling)
    {
        var how = Enum.Parse<PathHandling>(handling);
        await using var own = how == PathHandling.Kept
            ? await RunningServer.Start(new ServerOptions { BasePath = ReverseProxy.Prefix })
            : null;
        await using var proxy = await ReverseProxy.Start((own ?? shared.Server).Address, how);
        await using var open = await browser.Open(proxy.Address, proxy.Address);
        var page = open.Page;
        await open.MakeVoice($"under-{handling}");
        await page.FillAsync("#script", "Where is my hat?");
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        (await open.AudioSeconds()).ShouldBeGreaterThan(0.5);
        await page.ClickAsync("#voice-preview");
        (await open.SoundSeconds()).ShouldBeGreaterThan(0.5);
        await page.ClickAsync("#queue");
        await page.WaitForSelectorAsync("#jobs li[data-status=completed]");
        // Every request was below the path.
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("docs", nameof(PathHandling.Removed))]
    [InlineData("redoc", nameof(PathHandling.Removed))]
    [InlineData("docs", nameof(PathHandling.Kept))]
    public async Task The_docs_work_under_a_path(string page, string handling)
    {
        var how = Enum.Parse<PathHandling>(handling);
        await using var own = how == PathHandling.Kept
            ? await RunningServer.Start(new ServerOptions { BasePath = ReverseProxy.Prefix })
            : null;
        await using var proxy = await ReverseProxy.Start((own ?? shared.Server).Address, how);
        await using var open = await browser.Open(new Uri(proxy.Address, page), proxy.Address);
        await open.Page.GetByText("Speak a text, compatible with OpenAI's API").First.WaitForAsync();
        // The server that its examples name.
        await open.Page.GetByText(proxy.Address.ToString().TrimEnd('/')).First.WaitForAsync();
        open.ShouldBeClean();
    }
}
