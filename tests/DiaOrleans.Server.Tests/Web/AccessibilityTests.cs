using System.Text.Json;
using DiaOrleans.Server.Tests.Clients;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page under the rules of axe-core (npm), in both colours, and with a finger.</summary>
[Collection(nameof(PageCollection))]
public sealed class AccessibilityTests(PageBrowser browser, PageServer server)
{
    /// <summary>A list of the violations, and the number of the rules that were kept.</summary>
    private const string Check = """
        async () => {
          const { violations, passes } = await axe.run();
          return [passes.length, violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))];
        }
        """;

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Axe_finds_no_violation_in_any_tab_or_dialog(string theme)
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(await NodeClient.Install(), "node_modules", "axe-core", "axe.min.js"));
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        await page.SetInputFilesAsync(
            "#prompt-file",
            new FilePayload { Name = $"axe {theme}.wav", MimeType = "audio/wav", Buffer = Api.PromptServer.Tone(1) });
        await open.Save("#upload-dialog");
        await open.MakeVoice($"axe {theme}");
        await page.FillAsync("#script", "**Look** at this.");
        await page.ClickAsync("#queue");
        await page.WaitForSelectorAsync("#jobs li[data-status=completed]");
        await page.EvaluateAsync(axe + "\n;0");
        foreach (var tab in (string[])["voices", "recordings", "jobs", "server"])
        {
            await page.ClickAsync($"#tab-{tab}");
            await page.EvaluateAsync("for (const details of document.querySelectorAll('details')) details.open = true");
            await ShouldBeKept(page, tab);
        }

        foreach (var (tab, opener) in new[] { ("voices", "#voice-new"), ("recordings", "#record") })
        {
            await page.ClickAsync($"#tab-{tab}");
            await page.ClickAsync(opener);
            await ShouldBeKept(page, opener);
            await page.Keyboard.PressAsync("Escape");
        }
    }

    [Fact]
    public async Task What_a_finger_touches_is_44_px_high_and_nothing_is_wider_than_320_px()
    {
        var context = await browser.NewContext(320, touch: true);
        var page = await context.NewPageAsync();
        await using var open = new OpenPage(page, server.Server.Address);
        await page.GotoAsync(server.Server.Address.ToString());
        await page.WaitForSelectorAsync("#status[data-state=ready]");
        foreach (var tab in (string[])["voices", "recordings", "jobs", "server"])
        {
            await page.ClickAsync($"#tab-{tab}");
            await page.EvaluateAsync("for (const details of document.querySelectorAll('details')) details.open = true");
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(320, tab);
            var low = await page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll("button, .button, select, summary, input")]
                  .filter(e => !["checkbox", "radio", "file", "range"].includes(e.type))
                  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
                  .map(e => `${e.id || e.textContent}: ${e.getBoundingClientRect().height}`)
                """);
            low.ShouldBeEmpty(tab);
        }
    }

    private static async Task ShouldBeKept(IPage page, string where)
    {
        var result = (await page.EvaluateAsync<JsonElement>(Check))!;
        result[1].EnumerateArray().Select(violation => violation.GetString()).ShouldBeEmpty(where);
        result[0].GetInt32().ShouldBeGreaterThan(15);
    }
}
