using System.Text.RegularExpressions;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Recordings on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class RecordingsOnPageTests(PageBrowser browser, PageServer server)
{
    private static readonly LocatorGetByTextOptions Exactly = new() { Exact = true };

    [Fact]
    public async Task A_recording_is_uploaded_played_and_described()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.ClickAsync("#tab-recordings");
        await Choose(page, "my recording.wav", PromptServer.Tone(1.5));
        (await page.InputValueAsync("#upload-id")).ShouldBe("my recording");
        await page.FillAsync("#upload-id", "my_recording");
        await open.Save("#upload-dialog");
        var row = Row(page, "my_recording");
        await row.GetByText("1.5 s").WaitForAsync();
        await Assertions.Expect(row.Locator(".seek")).ToBeEnabledAsync();
        (await Painted(row)).ShouldBeGreaterThan(20);
        await row.Locator(".play").ClickAsync();
        await Assertions.Expect(row.Locator(".seek")).ToHaveValueAsync(new Regex("^(1\\.[3-9]|1\\.5)"));
        await Assertions.Expect(row.Locator(".play")).ToHaveAttributeAsync("aria-label", "Play my_recording");
        (await page.GetAttributeAsync("#player", "data-state")).ShouldBe("empty");

        await row.Locator("textarea").FillAsync("A low tone.");
        await row.GetByText("Undo", Exactly).ClickAsync();
        await Assertions.Expect(row.Locator("textarea")).ToHaveValueAsync("");
        await row.Locator("textarea").FillAsync("A low tone.");
        await row.GetByText("Save", Exactly).ClickAsync();
        await row.GetByText("typed", Exactly).WaitForAsync();
        (await Transcript("my_recording")).ShouldBe("A low tone.");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_click_on_the_waveform_of_a_recording_and_the_arrow_keys_move_the_position()
    {
        await Upload("sought", 8);
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.ClickAsync("#tab-recordings");
        await page.FillAsync("#prompt-find", "sought");
        var (canvas, slider) = (Row(page, "sought").Locator("canvas"), Row(page, "sought").Locator(".seek"));
        await Assertions.Expect(slider).ToBeEnabledAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('#prompts .seek').max > 7.9");
        var size = (await canvas.BoundingBoxAsync())!;
        await canvas.ClickAsync(new LocatorClickOptions { Position = new Position { X = size.Width / 4, Y = 10 } });
        await Assertions.Expect(slider).ToHaveValueAsync(new Regex("^(1\\.9|2|2\\.[01])"));
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(slider).ToHaveValueAsync(new Regex("^(3\\.9|4|4\\.[01])"));
        await page.Keyboard.PressAsync("PageUp");
        await Assertions.Expect(slider).ToHaveValueAsync("8");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_sound_that_is_removed_or_replaced_while_the_browser_reads_it_leaves_no_error()
    {
        await Upload("freed", 8);
        await using var open = await browser.Open(server.Server);
        await open.Page.EvaluateAsync(
            """
            async () => {
              const { Track } = await import("/ui/track.js");
              const { playSound } = await import("/ui/sound.js");
              const blob = await (await fetch("/audio_prompts/freed/audio")).blob();
              const after = ms => new Promise(resolve => setTimeout(resolve, ms));
              for (let ms = 0; ms < 40; ms += 2) {
                const track = new Track("freed", async () => blob);
                document.body.append(track.element);
                track.toggle();
                await after(ms);
                track.dispose();
                track.element.remove();
                const played = playSound("/audio_prompts/freed/audio", "freed").catch(error => {
                  if (error.name !== "AbortError") throw error;
                });
                await after(ms);
                document.getElementById("sound-close").click();
                await played;
              }
            }
            """);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_transcript_that_is_being_typed_survives_a_refresh()
    {
        await Upload("typing", 1);
        await using var open = await browser.Open(server.Server);
        await open.Page.ClickAsync("#tab-recordings");
        var text = Row(open.Page, "typing").Locator("textarea");
        await text.FillAsync("Half a sent");
        await Upload("typing later", 1);
        await open.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        await Row(open.Page, "typing later").WaitForAsync();
        (await text.InputValueAsync()).ShouldBe("Half a sent");
        await Assertions.Expect(text).ToBeFocusedAsync();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_recording_under_a_taken_name_is_replaced_only_after_a_question_and_its_transcript_goes()
    {
        await Upload("taken", 1);
        (await server.Server.Client.PutJson("/audio_prompts/taken/transcript", """{"transcript":"Old words."}"""))
            .EnsureSuccessStatusCode();
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await page.ClickAsync("#tab-recordings");
        await Choose(page, "taken.wav", PromptServer.Tone(2));
        await page.ClickAsync("#upload-yes");
        await page.Locator("#upload-dialog .notice").GetByText("There is a recording “taken” already.").WaitForAsync();
        open.Sent("/audio_prompts/upload").ShouldBeEmpty();
        (await page.TextContentAsync("#upload-yes")).ShouldBe("Replace");
        await open.Save("#upload-dialog");
        await page.Locator("#prompts-notice").GetByText("The transcript of the replaced recording was removed").WaitForAsync();
        await Row(page, "taken").GetByText("2.0 s").WaitForAsync();
        (await Row(page, "taken").Locator("textarea").First.InputValueAsync()).ShouldBeEmpty();
        (await Transcript("taken")).ShouldBeNull();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("Zoe\u0308 (1).mp3", "Zo\u00eb (1)")]
    [InlineData("\u65e5\u672c\u8a9e.wav", "\u65e5\u672c\u8a9e")]
    [InlineData("..a/b*c..d.reference.wav", "a_b_c.d")]
    public async Task A_name_that_the_server_accepts_is_suggested_for_a_recording(string file, string id)
    {
        await using var open = await browser.Open(server.Server);
        await Drop(open.Page, file, PromptServer.Tone(1));
        (await open.Page.InputValueAsync("#upload-id")).ShouldBe(id);
        await open.Save("#upload-dialog");
        await open.Page.ClickAsync("#tab-recordings");
        await open.Page.Locator("#prompts .title").GetByText(id, new LocatorGetByTextOptions { Exact = true }).WaitForAsync();
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_reason_why_a_recording_is_refused_is_shown()
    {
        await using var open = await browser.Open(server.Server);
        await Drop(open.Page, "short.wav", PromptServer.Tone(0.2));
        await open.Page.ClickAsync("#upload-dialog [type=submit]");
        await open.Page.Locator("#upload-dialog .notice").GetByText("Audio file too short (minimum 0.5 seconds)").WaitForAsync();
        await open.Page.FillAsync("#upload-id", "a/b");
        await open.Page.ClickAsync("#upload-dialog [type=submit]");
        await open.Page.Locator("#upload-id-error").GetByText("Use 1 to 128 letters and digits of any script").WaitForAsync();
        await open.Page.ClickAsync("#upload-dialog [data-close]");
        open.ShouldBeClean("status of 400");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transcribing_is_offered_if_whisper_is_available(bool available)
    {
        var recognizer = new FakeRecognizer { Available = available, Text = "A tone was heard." };
        await using var own = await RunningServer.Start(services: services => services.AddSingleton<ISpeechRecognizer>(recognizer));
        (await own.Client.PutJson("/config", """{"auto_transcribe":false}""")).EnsureSuccessStatusCode();
        (await own.Client.PostAsync("/audio_prompts/upload", PromptServer.Form("tone", PromptServer.Tone(1)))).EnsureSuccessStatusCode();
        await using var open = await browser.Open(own);
        await open.Page.ClickAsync("#tab-recordings");
        var row = open.Page.Locator("#prompts li");
        await row.GetByPlaceholder("No transcript").WaitForAsync();
        (await row.GetByText("Transcribe", new LocatorGetByTextOptions { Exact = true }).CountAsync()).ShouldBe(available ? 1 : 0);
        if (!available) return;
        await row.GetByText("Transcribe", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(row.Locator("textarea")).ToHaveValueAsync("A tone was heard.");
        await row.GetByText("recognised").WaitForAsync();
        open.ShouldBeClean();
    }

    private static ILocator Row(IPage page, string id) => page.Locator(
        "#prompts li",
        new PageLocatorOptions { Has = page.Locator($"button[aria-label='Delete {id}']") });

    /// <summary>The number of columns of a waveform that have something else than its ground.</summary>
    private static Task<int> Painted(ILocator row) => row.Locator("canvas").EvaluateAsync<int>("""
        canvas => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, Math.round(height / 4), width, 1);
          return [...Array(width).keys()].filter(x => data[4 * x + 3] > 0).length;
        }
        """);

    private static async Task Drop(IPage page, string name, byte[] content)
    {
        var data = await page.EvaluateHandleAsync(
            "([name, content]) => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(content), c => "
            + "c.charCodeAt(0))], name)); return data; }",
            new[] { name, Convert.ToBase64String(content) });
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = data });
    }

    private static Task Choose(IPage page, string name, byte[] content) =>
        page.SetInputFilesAsync("#prompt-file", new FilePayload { Name = name, MimeType = "audio/wav", Buffer = content });

    private async Task Upload(string id, double seconds) =>
        (await server.Server.Client.PostAsync("/audio_prompts/upload", PromptServer.Form(id, PromptServer.Tone(seconds))))
            .EnsureSuccessStatusCode();

    private async Task<string?> Transcript(string id) =>
        (await (await server.Server.Client.GetAsync($"/audio_prompts/metadata/{id}")).Json()).GetProperty("transcript").GetString();
}
