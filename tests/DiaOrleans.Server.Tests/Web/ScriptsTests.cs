using System.Text;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Scripts from files and presets on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class ScriptsTests(PageBrowser browser, PageServer server)
{
    [Theory]
    [InlineData("utf-8", "talk.txt")]
    [InlineData("utf-16", "talk.md")]
    [InlineData("iso-8859-1", "TALK.TXT")]
    public async Task A_text_file_that_is_dropped_becomes_the_script_and_undo_brings_the_old_one_back(string encoding, string name)
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        var text = Encoding.GetEncoding(encoding);
        await page.FillAsync("#script", "Typed before.");
        await Drop(open, name, [.. text.GetPreamble(), .. text.GetBytes("[S1] Zo\u00eb, hello.\r\n[S2] Hello.\r\n")]);
        await page.Locator("#undo-text").GetByText($"The script is that of “{name}”.").WaitForAsync();
        (await page.InputValueAsync("#script")).ShouldBe("[S1] Zo\u00eb, hello.\n[S2] Hello.");
        await page.ClickAsync("#undo-do");
        (await page.InputValueAsync("#script")).ShouldBe("Typed before.");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Another_file_is_refused()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.FillAsync("#script", "Typed before.");
        await Drop(open, "talk.pdf", [1, 2, 3]);
        await open.Page.Locator("#file-notice").GetByText("a script is read from a .txt or .md file").WaitForAsync();
        (await open.Page.InputValueAsync("#script")).ShouldBe("Typed before.");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task An_own_preset_is_saved_used_and_deleted_and_each_step_can_be_undone()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("preset-voice");
        await page.FillAsync("#script", "My own script.");
        await open.Set("#temperature", "0.7");
        await Save(open, "constructor");
        await page.FillAsync("#script", "Another script.");
        await open.Set("#temperature", "");
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        await page.SelectOptionAsync("#preset", new Microsoft.Playwright.SelectOptionValue { Label = "constructor" });
        await page.ClickAsync("#preset-use");
        (await page.InputValueAsync("#script")).ShouldBe("My own script.");
        (await page.InputValueAsync("#temperature")).ShouldBe("0.7");
        await page.ClickAsync("#undo-do");
        (await page.InputValueAsync("#script")).ShouldBe("Another script.");
        (await page.InputValueAsync("#temperature")).ShouldBe("");
        await page.ClickAsync("#preset-delete");
        (await Names(open)).ShouldNotContain("constructor");
        await page.ClickAsync("#undo-do");
        (await Names(open)).ShouldContain("constructor");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_preset_is_replaced_only_after_a_question()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        await page.FillAsync("#script", "First.");
        await Save(open, "mine");
        await page.FillAsync("#script", "Second.");
        await page.ClickAsync("#preset-save");
        (await page.InputValueAsync("#preset-name")).ShouldBe("mine");
        await page.ClickAsync("#preset-dialog [type=submit]");
        await page.Locator("#preset-dialog .notice").GetByText("There is a preset “mine” already").WaitForAsync();
        await open.Save("#preset-dialog");
        await page.FillAsync("#script", "");
        await page.ClickAsync("#preset-use");
        (await page.InputValueAsync("#script")).ShouldBe("Second.");
        (await Names(open)).Count(name => name == "mine").ShouldBe(1);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task An_example_replaces_the_script_and_can_be_undone()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.FillAsync("#script", "Typed before.");
        await open.Page.ClickAsync("#preset-use");
        (await open.Page.InputValueAsync("#script")).ShouldStartWith("[S1] Have you seen my hat?");
        await open.Page.ClickAsync("#undo-do");
        (await open.Page.InputValueAsync("#script")).ShouldBe("Typed before.");
        open.ShouldBeClean();
    }

    private static async Task Save(OpenPage open, string name)
    {
        await open.Page.ClickAsync("#preset-save");
        await open.Page.FillAsync("#preset-name", name);
        await open.Save("#preset-dialog");
    }

    private static Task<string[]> Names(OpenPage open) =>
        open.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#preset option')].map(option => option.textContent)");

    private static async Task Drop(OpenPage open, string name, byte[] content)
    {
        var data = await open.Page.EvaluateHandleAsync(
            "([name, content]) => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(content), c => "
            + "c.charCodeAt(0))], name)); return data; }",
            new[] { name, Convert.ToBase64String(content) });
        await open.Page.DispatchEventAsync("#script", "drop", new { dataTransfer = data });
    }
}
