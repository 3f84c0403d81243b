using System.Buffers.Binary;
using System.Text.Json;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Speaking from the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class SpeakingTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_script_is_played_while_it_is_generated_and_then_available_as_a_file()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("speaker");
        await page.ClickAsync("[data-insert='[S1]']");
        await page.Keyboard.TypeAsync("Where is my hat?");
        (await page.InputValueAsync("#script")).ShouldBe("[S1] Where is my hat?");
        (await page.TextContentAsync("#count")).ShouldBe("21 / 4096");
        await page.ClickAsync("#speak");
        await page.WaitForFunctionAsync("() => parseFloat(document.getElementById('first-sound').textContent) > 0");
        await open.PlayerIs("done");
        var made = await open.SecondsMade();
        made.ShouldBeGreaterThan(0.5);
        (await open.AudioSeconds()).ShouldBe(made, 0.06);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#download"));
        download.SuggestedFilename.ShouldBe("speech.wav");
        var file = await File.ReadAllBytesAsync((await download.PathAsync())!);
        (BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)), BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(40)))
            .ShouldBe((file.Length - 8, file.Length - 44));
        JsonDocument.Parse(open.Sent("/generate").ShouldHaveSingleItem()!).RootElement.GetProperty("stream").GetBoolean().ShouldBeTrue();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    [InlineData("opus")]
    public async Task Stop_ends_the_work_on_the_server_and_keeps_the_audio_generated_so_far(string format)
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice($"stopped-{format}");
        await open.Set("#speed", "1");
        await open.Page.SelectOptionAsync("#format", format);
        var before = await Logged();
        await open.Page.FillAsync(
            "#script",
            string.Join(
                ' ',
                Enumerable.Repeat(
                    "[S1] The old house by the river has been empty for years. [S2] I heard that someone lit a lamp there.",
                    40)));
        await open.Page.PressAsync("#script", "Control+Enter");
        await open.PlayerIs("streaming");
        await open.Page.ClickAsync("#stop");
        await open.PlayerIs("stopped");
        // The whole script has about 240 s of audio, several seconds of work.
        (await open.AudioSeconds()).ShouldBeLessThan(120);
        await open.Page.Locator("#takes li").GetByText("not finished").WaitForAsync();
        await open.Page.WaitForFunctionAsync("async () => (await (await fetch('/queue/stats')).json()).active_workers === 0");
        // Only finished generations are logged.
        (await Logged()).ShouldBe(before);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_script_with_every_parameter_is_played_while_it_is_generated()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("every");
        await open.Page.FillAsync("#script", "Where is my hat?");
        foreach (var field in (string[])["speed=0.9", "seed=5", "temperature=0.8", "cfg-scale=2", "top-p=0.9"])
            await open.Set($"#{field.Split('=')[0]}", field.Split('=')[1]);
        await open.Page.ClickAsync("#speak");
        await open.Page.WaitForFunctionAsync("() => parseFloat(document.getElementById('first-sound').textContent) > 0");
        await open.PlayerIs("done");
        var sent = JsonDocument.Parse(open.Sent("/generate").ShouldHaveSingleItem()!).RootElement;
        sent.EnumerateObject().Select(field => field.Name).ShouldBe(
            ["text", "voice_id", "response_format", "speed", "seed", "temperature", "cfg_scale", "top_p", "stream"]);
        sent.GetProperty("stream").GetBoolean().ShouldBeTrue();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("mp3")]
    [InlineData("opus")]
    [InlineData("aac")]
    [InlineData("flac")]
    [InlineData("pcm")]
    public async Task Every_format_is_played_while_it_is_generated(string format)
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice($"speaks-{format}");
        await open.Set("#temperature", "0.8");
        await open.Set("#seed", "9007199254740993");
        await open.Page.SelectOptionAsync("#format", "wav");
        await open.Speak("Where is my hat?");
        var seconds = await open.AudioSeconds();
        seconds.ShouldBeGreaterThan(0.5);
        await open.Page.SelectOptionAsync("#format", format);
        await open.Speak("Where is my hat?");
        // Encoders add a part of a frame at the ends.
        (await open.AudioSeconds()).ShouldBe(seconds, 0.15);
        (await open.Page.GetAttributeAsync("#download", "download")).ShouldBe($"speech.{format}");
        var sent = JsonDocument.Parse(open.Sent("/generate").Last()!).RootElement;
        sent.EnumerateObject().Select(field => field.Name)
            .ShouldBe(["text", "voice_id", "response_format", "seed", "temperature", "stream"]);
        sent.GetProperty("seed").GetString().ShouldBe("9007199254740993");
        sent.GetProperty("stream").GetBoolean().ShouldBeTrue();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("flac")]
    public async Task What_was_made_of_the_text_is_shown(string format)
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice($"shows-{format}");
        await open.Page.FillAsync("#script", "**Hello**, see https://example.org/a 😀");
        await open.Set("#seed", "1");
        await open.Page.SelectOptionAsync("#format", format);
        await open.Page.ClickAsync("#speak");
        await Assertions.Expect(open.Page.Locator("#processed")).ToHaveTextAsync("Spoken as: Hello, see example.org");
        await open.Page.ClickAsync("#queue");
        await open.Page.Locator("#jobs li").First.GetByText("Spoken as: Hello, see example.org").WaitForAsync();
        (await open.Page.Locator("#jobs li").First.Locator("mark").AllTextContentsAsync()).ShouldBe(["Hello,", "example.org"]);
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("Hello.", "[S1] Hello. [S1]", null)]
    [InlineData("[S1] Hello.  [S2] Hi.", "[S1] Hello. [S2] Hi. [S1]", null)]
    [InlineData("First. [S1] Hello.", "[S2] First. [S1] Hello. [S2]", null)]
    [InlineData("*Hello*", "[S2] (Hello) [S2]", "(Hello)")]
    [InlineData("[S1] **Hello**. [S1]", "[S1] Hello. [S1]", "[S1] Hello. [S1]")]
    [InlineData("Speaker 2: Hello.", "[S2] Hello. [S1]", "[S2] Hello.")]
    public async Task A_tag_that_was_added_for_the_model_is_no_difference(string text, string processed, string? shown)
    {
        await using var open = await browser.Open(server.Server);
        var made = await open.Page.EvaluateAsync<string?>(
            """
            async ([text, processed]) => {
              const { differs, spokenAs } = await import("./ui/spoken.js");
              return differs(text, processed) ? spokenAs(processed, text).textContent : null;
            }
            """,
            new[] { text, processed });
        made.ShouldBe(shown is null ? null : $"Spoken as: {shown}");
    }

    [Fact]
    public async Task What_the_server_says_of_the_script_is_shown_at_the_script()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("silent");
        await open.Page.FillAsync("#script", "***");
        await open.Page.ClickAsync("#speak");
        await open.PlayerIs("failed");
        (await open.Page.TextContentAsync("#script-error")).ShouldBe("There is nothing to speak: a script needs a letter or a digit.");
        (await open.Page.IsVisibleAsync("#player-status")).ShouldBeFalse();
        (await open.Page.IsVisibleAsync("#figures")).ShouldBeFalse("nothing was made");
        open.ShouldBeClean("status of 400");
    }

    [Fact]
    public async Task A_script_over_the_limit_cannot_be_sent()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("long");
        await open.Page.FillAsync("#script", string.Concat(Enumerable.Repeat("\U0001F3A9", 4096)));
        (await open.Page.IsEnabledAsync("#speak")).ShouldBeTrue();
        await open.Page.FillAsync("#script", new string('x', 4097));
        (await open.Page.TextContentAsync("#count")).ShouldBe("4097 / 4096");
        (await open.Page.IsDisabledAsync("#speak")).ShouldBeTrue();
        (await open.Page.IsDisabledAsync("#queue")).ShouldBeTrue();
    }

    private async Task<int> Logged() => (await (await server.Server.Client.GetAsync("/logs")).Json()).GetProperty("total").GetInt32();
}
