using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>What the page shows of the server, and its settings, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class ServerPanelTests(PageBrowser browser, PageServer shared)
{
    [Fact]
    public async Task The_workers_and_what_they_do_are_shown()
    {
        await using var open = await browser.Open(shared.Server);
        await open.Page.ClickAsync("#tab-server");
        var worker = open.Page.Locator("#workers li");
        await worker.GetByText("worker_1").WaitForAsync();
        await worker.GetByText("cpu", new LocatorGetByTextOptions { Exact = true }).WaitForAsync();
        await Assertions.Expect(worker).ToContainTextAsync("slots busy");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Workers_of_several_silos_and_their_gpus_are_told_apart()
    {
        await using var open = await browser.Open(shared.Server);
        const string Worker = """ "model":"dia","precision":"fp16","slots":8,"waiting":0,"backlog_seconds":0 """;
        await Answer(
            open.Page,
            "**/queue/stats",
            $$"""
            {"pending_jobs":0,"processing_jobs":3,"completed_jobs":0,"failed_jobs":0,"total_workers":2,"active_workers":1,
            "memory_pressure":{},"workers":[{"id":"worker_1","silo":"left","device":"cuda:0","state":"ready","active":3,{{Worker}}},
            {"id":"worker_2","silo":"right","device":"cuda:0","state":"silent","active":0,{{Worker}}}]}
            """);
        await Answer(
            open.Page,
            "**/gpu/status",
            """
            {"gpu_memory":{"gpu_0":{"allocated_gb":6,"reserved_gb":6,"total_gb":24,"free_gb":18},"gpu_1":{"error":"silo 'right' does not
             answer"}},"gpu_places":{"gpu_0":"left/0","gpu_1":"right/0"}}
            """.ReplaceLineEndings(""));
        await open.Page.ClickAsync("#tab-server");
        await Assertions.Expect(open.Page.Locator("#workers-state")).ToHaveTextAsync("2 workers on 2 silos");
        var rows = open.Page.Locator("#workers li");
        await Assertions.Expect(rows.First).ToContainTextAsync("cuda:0 of left");
        await Assertions.Expect(rows.First).ToContainTextAsync("3 of 8 slots busy");
        await Assertions.Expect(rows.Last).ToContainTextAsync("does not answer; this is what it did last");
        await Assertions.Expect(open.Page.Locator("#gpus li").First).ToContainTextAsync("gpu_0 (left/0)6 of 24 GiB used");
        await Assertions.Expect(open.Page.Locator("#gpus li").Last).ToContainTextAsync("silo 'right' does not answer");
    }

    [Fact]
    public async Task The_settings_of_the_server_are_changed()
    {
        await using var own = await RunningServer.Start();
        await using var open = await browser.Open(own);
        var page = open.Page;
        await page.ClickAsync("#tab-server");
        await page.WaitForSelectorAsync("#setting-save_outputs");
        (await page.Locator("#settings-fields input, #settings-fields select").CountAsync())
            .ShouldBe((await (await own.Client.GetAsync("/config")).Json()).EnumerateObject().Count());
        (await page.IsDisabledAsync("#settings-save")).ShouldBeTrue();
        await page.CheckAsync("#setting-save_outputs");
        await page.FillAsync("#setting-output_retention_hours", "5");
        await page.ClickAsync("#settings-save");
        await page.Locator("#settings-notice").GetByText("Saved.").WaitForAsync();
        var stored = await (await own.Client.GetAsync("/config")).Json();
        await page.FillAsync("#setting-output_retention_hours", "");
        await page.ClickAsync("#settings-save");
        await Assertions.Expect(page.Locator("#setting-output_retention_hours-error")).ToHaveTextAsync("It must be a valid integer.");
        (stored.GetProperty("save_outputs").GetBoolean(), stored.GetProperty("output_retention_hours").GetInt32()).ShouldBe((true, 5));
        open.ShouldBeClean("status of 422");
    }

    [Fact]
    public async Task The_state_of_speech_recognition_is_told_in_true_words()
    {
        await using var own = await RunningServer.Start(new ServerOptions { WhisperModelUrl = "http://127.0.0.1:1/" });
        await own.Client.Accepted(HttpMethod.Put, "/config", """{"auto_transcribe":false}""");
        await using var open = await browser.Open(own);
        await open.Page.ClickAsync("#tab-server");
        await open.Page.Locator("#recognition").GetByText("The Whisper model base is not on disk; the first request").WaitForAsync();
        await open.Page.ClickAsync("#recognition-load");
        await open.Page.Locator("#recognition").GetByText("The Whisper model base was not downloaded: ").WaitForAsync();
        open.ShouldBeClean("status of 503");
    }

    [Fact]
    public async Task The_colours_are_those_of_the_system_or_those_that_were_chosen()
    {
        await using var open = await browser.Open(shared.Server);
        var page = open.Page;
        await Theme("light");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Theme("dark");
        await page.ClickAsync("#tab-server");
        await page.CheckAsync("[name=theme][value=light]");
        await Theme("light");
        await page.ReloadAsync();
        await Theme("light");
        await Assertions.Expect(page.Locator("[name=theme][value=light]")).ToBeCheckedAsync();
        open.ShouldBeClean();

        Task Theme(string name) => Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", name);
    }

    [Fact]
    public async Task Voices_with_the_names_that_openai_s_clients_have_are_made_at_once()
    {
        await using var own = await RunningServer.Start();
        await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"mine","primary_speaker":"S2"}""");
        await own.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"nova"}""");
        await using var open = await browser.Open(own);
        await open.Page.ClickAsync("#names summary");
        await open.Page.ClickAsync("#names-make");
        await open.Save("#confirm-dialog");
        await open.Page.Locator("#voices-notice").GetByText("12 voices are made.").WaitForAsync();
        var voices = await (await own.Client.GetAsync("/voice_mappings")).Json();
        foreach (var name in OpenAiVoices.Names)
            voices.GetProperty(name).GetProperty("primary_speaker").GetString().ShouldBe(name == "nova" ? "S1" : "S2", name);
        open.ShouldBeClean();
    }

    private static Task Answer(IPage page, string path, string json) => page.RouteAsync(
        path,
        route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = json }));
}
