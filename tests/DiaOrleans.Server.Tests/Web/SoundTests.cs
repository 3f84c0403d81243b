namespace DiaOrleans.Server.Tests.Web;

/// <summary>The bar that plays previews, recordings and results, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class SoundTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_preview_leaves_what_was_spoken_as_it_is()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("beside");
        await page.FillAsync("#script", "Where is my hat?");
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        var spoken = await open.AudioSeconds();
        await page.ClickAsync("#voice-preview");
        (await open.SoundSeconds()).ShouldBeGreaterThan(0.5);
        (await page.TextContentAsync("#sound-title")).ShouldBe("Preview of beside");
        (await page.GetAttributeAsync("#sound-download", "download")).ShouldBe("preview_beside.wav");
        (await open.AudioSeconds()).ShouldBe(spoken);
        await page.ClickAsync("#sound-close");
        (await page.IsVisibleAsync("#sound")).ShouldBeFalse();
        open.ShouldBeClean();
    }
}
