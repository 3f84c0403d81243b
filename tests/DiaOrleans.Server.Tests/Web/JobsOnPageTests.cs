namespace DiaOrleans.Server.Tests.Web;

/// <summary>Background jobs on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class JobsOnPageTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_queued_job_is_shown_until_it_ends_played_and_cleared()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("worker");
        await page.FillAsync("#script", "The lamp is <b>still</b> on.");
        await page.ClickAsync("#queue");
        await page.WaitForSelectorAsync("#jobs li[data-status=completed]");
        (await page.TextContentAsync("#jobs li .excerpt")).ShouldBe("The lamp is <b>still</b> on.");
        (await page.TextContentAsync("#jobs li .facts"))!.ShouldContain("worker");
        await page.ClickAsync("#jobs li button:has-text('Play')");
        (await open.SoundSeconds()).ShouldBeGreaterThan(0.5);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#jobs li button:has-text('Download')"));
        download.SuggestedFilename.ShouldStartWith("speech_");
        await page.ClickAsync("#jobs-clear");
        await open.Save("#confirm-dialog");
        await page.WaitForSelectorAsync("#jobs-hint");
        (await page.Locator("#jobs li").CountAsync()).ShouldBe(0);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_job_can_be_cancelled()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("cancelled");
        await open.Page.FillAsync(
            "#script",
            string.Join(' ', Enumerable.Repeat("The old house by the river has been empty for years, and nobody knows who owns it.", 20)));
        await open.Page.ClickAsync("#queue");
        await open.Page.ClickAsync("#jobs li button:has-text('Cancel')");
        await open.Page.WaitForSelectorAsync("#jobs li[data-status=cancelled]");
        open.ShouldBeClean();
    }
}
