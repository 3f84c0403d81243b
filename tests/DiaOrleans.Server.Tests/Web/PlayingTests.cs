using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The player of the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class PlayingTests(PageBrowser browser, PageServer server)
{
    private const string Sentence = "[S1] The old house by the river has been empty for years.";

    [Fact]
    public async Task Audio_that_is_being_generated_is_paused_sought_and_played_on()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("paused");
        await page.FillAsync("#script", string.Join(' ', Enumerable.Repeat(Sentence, 60)));
        await page.ClickAsync("#speak");
        await page.WaitForSelectorAsync("#player[data-state=streaming][data-sound=playing]");
        await page.ClickAsync("#play");
        await page.WaitForSelectorAsync("#player[data-sound=paused]");
        var paused = await open.Position();
        // Generation goes on while the sound is paused.
        await page.WaitForFunctionAsync("at => Number(document.getElementById('seek').max) > at + 4", paused);
        (await open.Position()).ShouldBe(paused);
        await page.FocusAsync("#seek");
        await page.Keyboard.PressAsync("ArrowRight");
        (await open.Position()).ShouldBe(paused + 2, 0.02);
        (await page.GetAttributeAsync("#seek", "aria-valuetext"))!.ShouldStartWith($"0:{(int)(paused + 2):00} of ");
        await page.ClickAsync("#play");
        await page.WaitForFunctionAsync("at => Number(document.getElementById('seek').value) > at + 0.2", paused + 2);
        await page.ClickAsync("#stop");
        await open.PlayerIs("stopped");
        (await page.GetAttributeAsync("#player", "data-sound")).ShouldBe("paused");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_click_on_the_waveform_of_a_take_and_the_arrow_keys_move_the_position()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("sought");
        await open.Speak(string.Join(' ', Enumerable.Repeat(Sentence, 8)));
        if (await page.GetAttributeAsync("#player", "data-sound") != "paused") await page.ClickAsync("#play");
        await page.WaitForSelectorAsync("#player[data-sound=paused]");
        var seconds = await open.AudioSeconds();
        seconds.ShouldBeGreaterThan(10);
        var size = (await page.Locator("#wave").BoundingBoxAsync())!;
        await page.Locator("#wave").ClickAsync(At(size.Width / 2));
        (await open.Position()).ShouldBe(seconds / 2, seconds / 50);
        await Assertions.Expect(page.Locator("#seek")).ToBeFocusedAsync();
        var middle = await open.Position();
        await page.Keyboard.PressAsync("ArrowLeft");
        (await open.Position()).ShouldBe(middle - 2, 0.02);
        await page.Keyboard.PressAsync("PageUp");
        await page.Keyboard.PressAsync("PageUp");
        (await open.Position()).ShouldBe(Math.Min(seconds, middle + 18), 0.02);
        await page.Locator("#wave").ClickAsync(At(size.Width - 2));
        (await open.Position()).ShouldBe(seconds, seconds / 50);
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData(ReducedMotion.Reduce)]
    [InlineData(ReducedMotion.NoPreference)]
    public async Task The_position_is_shown_up_to_the_end_and_begins_again(ReducedMotion motion)
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = motion });
        await open.MakeVoice($"shown-{motion}");
        await open.Speak("Where is my hat?");
        await page.WaitForFunctionAsync("() => Number(document.getElementById('seek').value) > 0.1");
        await page.WaitForSelectorAsync("#player[data-sound=paused]");
        (await open.Position()).ShouldBe(await open.AudioSeconds(), 0.02);
        await page.ClickAsync("#play");
        await page.WaitForSelectorAsync("#player[data-sound=playing]");
        (await open.Position()).ShouldBeLessThan(await open.AudioSeconds() - 0.2);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task While_audio_is_generated_the_page_says_how_long_it_took_and_guesses_what_is_left()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("progress");
        await page.FillAsync("#script", string.Join(' ', Enumerable.Repeat(Sentence, 60)));
        await page.ClickAsync("#speak");
        await page.WaitForFunctionAsync("() => /^about [0-9]+ s$/.test(document.getElementById('left').textContent)");
        await page.WaitForFunctionAsync("() => document.getElementById('progress').value > 0");
        await page.WaitForFunctionAsync("() => parseFloat(document.getElementById('took').textContent) > 0");
        await page.ClickAsync("#stop");
        await open.PlayerIs("stopped");
        (await page.IsVisibleAsync("#progress")).ShouldBeFalse();
        (await page.TextContentAsync("#left")).ShouldBe("");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_volume_is_kept()
    {
        await using var open = await browser.Open(server.Server);
        await open.Page.FillAsync("#volume", "0.25");
        await open.Page.ReloadAsync();
        (await open.Page.InputValueAsync("#volume")).ShouldBe("0.25");
        open.ShouldBeClean();
    }

    private static LocatorClickOptions At(double x) => new() { Position = new Position { X = (float)x, Y = 20 } };
}
