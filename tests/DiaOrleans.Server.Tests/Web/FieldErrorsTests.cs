using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Errors of the speaking form on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class FieldErrorsTests(PageBrowser browser, PageServer server)
{
    [Theory]
    [InlineData("#speak")]
    [InlineData("#queue")]
    public async Task An_empty_script_is_an_error_at_the_script_until_something_is_written(string button)
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice($"empty-{button[1..]}");
        await page.ClickAsync(button);
        (await page.TextContentAsync("#script-error")).ShouldBe("Write a script first.");
        await MarkedAre(page, "script");
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("script");
        (await page.GetAttributeAsync("#script", "aria-describedby"))!.Split(' ').ShouldContain("script-error");
        await page.Keyboard.TypeAsync("W");
        await MarkedAre(page);
        (await page.Locator("#script-error").CountAsync()).ShouldBe(0);
        open.Sent("/generate").ShouldBeEmpty();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("#temperature", "3", "0.5", "A number from 0.1 to 2.")]
    [InlineData("#seed", "1.5", "15", "A whole number; leave it empty for a random one.")]
    [InlineData("#seed", "9223372036854775808", "9223372036854775807", "The number is too large for a seed.")]
    public async Task A_setting_that_cannot_be_is_an_error_at_its_field(string field, string wrong, string right, string message)
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice($"wrong-{wrong}");
        await page.FillAsync("#script", "Where is my hat?");
        await open.Set(field, wrong);
        await page.ClickAsync("#more summary");
        await page.ClickAsync("#speak");
        await page.Locator($"{field}-error").GetByText(message, new LocatorGetByTextOptions { Exact = true }).WaitForAsync();
        await MarkedAre(page, field[1..]);
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe(field[1..]);
        await page.FillAsync(field, right);
        await MarkedAre(page);
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task All_errors_are_shown_also_if_speak_is_pressed_out_of_a_wrong_field()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("several");
        await open.Page.FillAsync("#script", "");
        await open.Set("#temperature", "5");
        await open.Page.ClickAsync("#speak");
        await MarkedAre(open.Page, "script", "temperature");
        (await open.Page.Locator(".field-error").CountAsync()).ShouldBe(2);
        open.Sent("/generate").ShouldBeEmpty();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_voice_that_is_gone_is_an_error_at_the_voice()
    {
        await using var own = await RunningServer.Start();
        await using var open = await browser.Open(own);
        var page = open.Page;
        await open.MakeVoice("first");
        await open.MakeVoice("gone");
        (await own.Client.DeleteAsync("/voice_mappings/gone")).EnsureSuccessStatusCode();
        await page.FillAsync("#script", "Where is my hat?");
        await page.ClickAsync("#speak");
        await page.Locator("#voice-error").GetByText("There is no voice “gone” any more.").WaitForAsync();
        await page.SelectOptionAsync("#voice", "first");
        await MarkedAre(page);
        await page.ClickAsync("#speak");
        await open.PlayerIs("done");
        open.ShouldBeClean("status of 404");
    }

    [Fact]
    public async Task The_formats_are_those_of_the_server()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.WaitForSelectorAsync("#format option", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        var model = (await (await server.Server.Client.GetAsync("/audio/models")).Json()).GetProperty("models")[0];
        (await open.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#format option')].map(option => option.value)"))
            .ShouldBe(model.GetProperty("response_formats").EnumerateArray().Select(name => name.GetString()));
        await open.Set("#speed", "1");
        await open.Page.SelectOptionAsync("#format", "opus");
        await open.Page.ReloadAsync();
        await open.Page.WaitForFunctionAsync("() => document.getElementById('format').value === 'opus'");
        open.ShouldBeClean();
    }

    private static Task MarkedAre(IPage page, params string[] ids) => page.WaitForFunctionAsync(
        "ids => [...document.querySelectorAll('#speech [aria-invalid=true]')].map(field => field.id).join() === ids",
        string.Join(',', ids));
}
