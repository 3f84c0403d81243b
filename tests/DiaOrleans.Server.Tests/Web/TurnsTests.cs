using System.Text.Json;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The editor of a script's turns on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class TurnsTests(PageBrowser browser, PageServer server)
{
    [Theory]
    [InlineData("")]
    [InlineData("Where is my hat?")]
    [InlineData("[S1] One. [S2] Two.")]
    [InlineData("\n [S1]One.\n\n[s2]:  Two. [S1]\n")]
    [InlineData("Before. [S2] Two. [S2][S1] (laughs)")]
    [InlineData("S1: One.\nSpeaker 2: Two.\nNot S1: here [S3] [S1")]
    public async Task Split_turns_joined_again_are_the_same_script(string script)
    {
        await using var open = await browser.Open(server.Server);
        (await open.Page.EvaluateAsync<string>(
            "async script => { const { splitTurns, joinTurns } = await import('./ui/turns.js'); return joinTurns(splitTurns(script)); }",
            script)).ShouldBe(script);
    }

    [Fact]
    public async Task The_rows_and_the_script_stay_in_step()
    {
        await using var open = await Open("[S1] Where is my hat?\n[S2] On the chair.");
        var page = open.Page;
        (await Texts(page)).ShouldBe(["Where is my hat?", "On the chair."]);
        await Row(page, 2).Locator("textarea").FillAsync("On the table.");
        (await page.InputValueAsync("#script")).ShouldBe("[S1] Where is my hat?\n[S2] On the table.");
        await Row(page, 2).Locator("select").SelectOptionAsync("S1");
        (await page.InputValueAsync("#script")).ShouldBe("[S1] Where is my hat?\n[S1] On the table.");
        await page.FillAsync("#script", "Hello. [S2] Good day.");
        (await Texts(page)).ShouldBe(["Hello.", "Good day."]);
        (await Row(page, 1).Locator("select").InputValueAsync()).ShouldBe("");
        (await page.TextContentAsync("#count")).ShouldBe("21 / 4096");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Turns_are_moved_split_joined_added_and_deleted()
    {
        await using var open = await Open("[S1] One two. [S2] Three.");
        var page = open.Page;
        await Press(page, "Move turn 2 up");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. [S1] One two.");
        // The focus goes with the turn, to a button that can be pressed.
        (await page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label')")).ShouldBe("Speak turn 1 alone");
        await Row(page, 2).Locator("textarea").EvaluateAsync("field => { field.focus(); field.setSelectionRange(4, 4); }");
        await Press(page, "Split turn 2 at the caret");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. [S1] One [S2] two.");
        await Press(page, "Join turn 1 with the next");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. One [S2] two.");
        await Press(page, "Add a turn");
        await page.Keyboard.TypeAsync("Four.");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. One [S2] two. [S1] Four.");
        await Press(page, "Delete turn 2");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. One [S1] Four.");
        await page.ClickAsync("#undo-do");
        (await page.InputValueAsync("#script")).ShouldBe("[S2] Three. One [S2] two. [S1] Four.");
        (await Texts(page)).ShouldBe(["Three. One", "two.", "Four."]);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_turn_is_spoken_alone()
    {
        await using var open = await Open("[S1] Where is my hat? [S2] On the chair.");
        await open.MakeVoice("one-turn");
        await Press(open.Page, "Speak turn 2 alone");
        await open.Page.Locator("#takes li .excerpt").GetByText("[S2] On the chair.").WaitForAsync();
        JsonDocument.Parse(open.Sent("/generate").ShouldHaveSingleItem()!).RootElement.GetProperty("text").GetString()
            .ShouldBe("[S2] On the chair.");
        (await open.Page.InputValueAsync("#script")).ShouldBe("[S1] Where is my hat? [S2] On the chair.");
        open.ShouldBeClean();
    }

    private async Task<OpenPage> Open(string script)
    {
        var open = await browser.Open(server.Server);
        await open.Page.WaitForSelectorAsync("#status[data-state=ready]");
        await open.Page.FillAsync("#script", script);
        await open.Page.ClickAsync("#turns-box summary");
        await Row(open.Page, 1).WaitForAsync();
        return open;
    }

    private static ILocator Row(IPage page, int number) => page.Locator($"#turns li:nth-child({number})");

    private static Task Press(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true }).ClickAsync();

    private static Task<string[]> Texts(IPage page) =>
        page.EvaluateAsync<string[]>("[...document.querySelectorAll('#turns textarea')].map(field => field.value)");
}
