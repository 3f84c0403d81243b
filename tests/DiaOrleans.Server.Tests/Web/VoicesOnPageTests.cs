using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Voices and audio prompts on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class VoicesOnPageTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_recording_is_uploaded_described_and_used_by_a_voice()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await Choose(page, "my recording.wav", PromptServer.Tone(1.5));
        (await page.InputValueAsync("#upload-id")).ShouldBe("my recording");
        await page.FillAsync("#upload-id", "my_recording");
        await open.Save("#upload-dialog");
        var row = page.Locator("#prompts li", new PageLocatorOptions { HasTextString = "my_recording" });
        await row.GetByText("Play", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        (await open.SoundSeconds()).ShouldBe(1.5, 0.05);
        (await row.Locator(".facts").TextContentAsync())!.ShouldContain("1.5 s");
        await row.GetByText("Edit transcript").ClickAsync();
        await page.FillAsync("#transcript-text", "A low tone.");
        await open.Save("#transcript-dialog");
        await row.GetByText("A low tone.").WaitForAsync();

        await page.ClickAsync("#voice-new");
        await page.FillAsync("#voice-id", "toned");
        await page.SelectOptionAsync("#voice-prompt", "my_recording");
        await open.Save("#voice-dialog");
        var voice = (await (await server.Server.Client.GetAsync("/voice_mappings")).Json()).GetProperty("toned");
        (voice.GetProperty("audio_prompt").GetString(), voice.GetProperty("audio_prompt_transcript").GetString())
            .ShouldBe(("my_recording", "A low tone."));

        await page.ClickAsync("button[aria-label='Delete my_recording']");
        await open.Save("#confirm-dialog");
        await page.Locator("#prompts-notice").GetByText("is used by voices: ['toned']").WaitForAsync();
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
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_reason_why_a_recording_is_refused_is_shown()
    {
        await using var open = await browser.Open(server.Server);
        await Drop(open.Page, "short.wav", PromptServer.Tone(0.2));
        await open.Page.ClickAsync("#upload-dialog [type=submit]");
        await open.Page.Locator("#upload-dialog .notice").GetByText("Audio file too short (minimum 0.5 seconds)").WaitForAsync();
        await open.Page.ClickAsync("#upload-dialog [data-close]");
        open.ShouldBeClean("status of 400");
    }

    [Fact]
    public async Task A_voice_is_changed_previewed_and_deleted()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        const string Name = "<b>a/b</b>";
        await open.MakeVoice(Name);
        await page.ClickAsync("#voice-edit");
        await page.SelectOptionAsync("#voice-speaker", "S2");
        await open.Save("#voice-dialog");
        await page.ClickAsync("#voice-preview");
        (await open.SoundSeconds()).ShouldBeGreaterThan(1);
        (await (await server.Server.Client.GetAsync("/voice_mappings")).Json()).GetProperty(Name).GetProperty("primary_speaker").GetString()
            .ShouldBe("S2");
        await page.ClickAsync("#voice-delete");
        (await page.TextContentAsync("#confirm-text"))!.ShouldContain(Name);
        await open.Save("#confirm-dialog");
        await page.WaitForFunctionAsync(
            "name => ![...document.getElementById('voice').options].some(option => option.value === name)",
            Name);
        open.ShouldBeClean();
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
        var row = open.Page.Locator("#prompts li");
        await row.GetByText("No transcript").WaitForAsync();
        (await row.GetByText("Transcribe", new LocatorGetByTextOptions { Exact = true }).CountAsync()).ShouldBe(available ? 1 : 0);
        if (!available) return;
        await row.GetByText("Transcribe", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await row.GetByText("A tone was heard.").WaitForAsync();
        open.ShouldBeClean();
    }

    [Theory]
    [InlineData("")]
    [InlineData("The kettle is on.")]
    public async Task A_server_without_voices_speaks_after_one_click(string script)
    {
        await using var own = await RunningServer.Start();
        await using var open = await browser.Open(own);
        await open.Page.FillAsync("#script", script);
        await open.Page.ClickAsync("text=Make a voice called anna");
        await open.PlayerIs("done");
        (await open.SecondsMade()).ShouldBeGreaterThan(1);
        (await open.Page.InputValueAsync("#script")).ShouldStartWith(script.Length > 0 ? script : "[S1] Have you seen my hat?");
        (await open.Page.IsVisibleAsync("#voice-hint")).ShouldBeFalse();
        (await (await own.Client.GetAsync("/voices")).Json()).GetProperty("voices").GetArrayLength().ShouldBe(1);
        open.ShouldBeClean();
    }

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
}
