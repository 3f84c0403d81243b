using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Background jobs on the page, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class JobsOnPageTests(PageBrowser browser, PageServer server)
{
    [Fact]
    public async Task A_queued_job_is_shown_until_it_ends_played_and_cleared()
    {
        await using var open = await browser.Open(server.Server);
        var page = open.Page;
        await open.MakeVoice("worker");
        await page.FillAsync("#script", "The lamp is <b>still</b> on.");
        await page.ClickAsync("#queue");
        await page.WaitForSelectorAsync("#jobs li[data-status=completed]");
        await Assertions.Expect(page.Locator("#queued")).ToHaveTextAsync("The queued job is finished: its audio is in the list of jobs.");
        (await page.TextContentAsync("#jobs li .excerpt")).ShouldBe("The lamp is <b>still</b> on.");
        (await page.TextContentAsync("#jobs li .facts"))!.ShouldContain("worker");
        (await page.TextContentAsync("#jobs li .facts"))!.ShouldMatch(@"seed \d+");
        await page.ClickAsync("#jobs li button:has-text('Play')");
        (await open.SoundSeconds()).ShouldBeGreaterThan(0.5);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#jobs li button:has-text('Download')"));
        download.SuggestedFilename.ShouldStartWith("speech_");
        await page.ClickAsync("#jobs-clear");
        await open.Save("#confirm-dialog");
        await page.WaitForSelectorAsync("#jobs-hint");
        (await page.Locator("#jobs li").CountAsync()).ShouldBe(0);
        open.ShouldBeClean();
    }

    [Fact]
    public async Task A_job_can_be_cancelled()
    {
        await using var open = await browser.Open(server.Server);
        await open.MakeVoice("cancelled");
        await open.Page.FillAsync(
            "#script",
            string.Join(' ', Enumerable.Repeat("The old house by the river has been empty for years, and nobody knows who owns it.", 20)));
        await open.Page.ClickAsync("#queue");
        await open.Page.ClickAsync("#jobs li button:has-text('Cancel')");
        await open.Page.WaitForSelectorAsync("#jobs li[data-status=cancelled]");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task Scripts_from_files_wait_in_the_order_of_the_queue_page_by_page_until_all_are_cancelled()
    {
        await using var own = await ScriptedServer.Start();
        own.Engine.Script = Hold;
        await using var open = await browser.Open(own.Server);
        var (page, rows) = (open.Page, open.Page.Locator("#jobs li"));
        await page.ClickAsync("#tab-jobs");
        var many = string.Join("\n---\n", Enumerable.Range(1, 58).Select(i => $"Script number {i} of the list."));
        await page.SetInputFilesAsync(
            "#scripts-file",
            [Text("many.txt", "\ufeff" + many), Text("last.md", "The last one.\r\n---\r\n\r\n")]);
        await Assertions.Expect(page.Locator("#jobs-notice")).ToHaveTextAsync("59 of 59 scripts are queued.");
        await page.FillAsync("#script", "After all of these.");
        await page.ClickAsync("#queue");
        await Assertions.Expect(page.Locator("#queued")).ToHaveTextAsync(new Regex("Queued: number [0-9]+ in the queue\\."));
        await Assertions.Expect(page.Locator("#tab-jobs")).ToHaveTextAsync("Jobs (60)");
        await page.WaitForSelectorAsync("#jobs li:first-child[data-status=processing]");
        var running = await page.Locator("#jobs li[data-status=processing]").CountAsync();
        (await rows.CountAsync()).ShouldBe(25);
        await Assertions.Expect(rows.Nth(running)).ToContainTextAsync("number 1 in the queue");
        await Assertions.Expect(rows.Nth(running)).ToContainTextAsync($"Script number {running + 1} of the list.");
        await page.ClickAsync("#jobs-after");
        await page.ClickAsync("#jobs-after");
        await Assertions.Expect(page.Locator("#jobs-place")).ToHaveTextAsync("51 to 60 of 60");
        await Assertions.Expect(rows.Last).ToContainTextAsync("After all of these.");
        await Assertions.Expect(rows.Last).ToContainTextAsync($"number {60 - running} in the queue");
        (await page.IsDisabledAsync("#jobs-after")).ShouldBeTrue();
        await page.ClickAsync("#jobs-cancel");
        (await page.TextContentAsync("#confirm-text")).ShouldBe("Cancel all 60 jobs that run or wait?");
        await open.Save("#confirm-dialog");
        await Assertions.Expect(page.Locator("#jobs-state")).ToHaveTextAsync("60 cancelled");
        await Assertions.Expect(page.Locator("#tab-jobs")).ToHaveTextAsync("Jobs");
        open.ShouldBeClean();
    }

    [Fact]
    public async Task The_audio_of_all_finished_jobs_is_downloaded_as_one_zip_file()
    {
        await using var own = await RunningServer.Start();
        (await own.Client.PostJson("/voice_mappings", """{"voice_id":"Zo\u00eb/1"}""")).EnsureSuccessStatusCode();
        await using var open = await browser.Open(own);
        var page = open.Page;
        await page.SelectOptionAsync("#voice", "Zo\u00eb/1");
        await page.SetInputFilesAsync("#scripts-file", [Text("two.txt", "[S1] First: it rains.\n-----\nSecond, it stops.")]);
        await Assertions.Expect(page.Locator("#jobs-state")).ToHaveTextAsync("2 finished");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#jobs-zip"));
        download.SuggestedFilename.ShouldBe("speech.zip");
        await using var zip = await ZipFile.OpenReadAsync((await download.PathAsync())!);
        zip.Entries.Select(entry => entry.FullName)
            .ShouldBe(["0001 Zo\u00eb 1 First it rains.wav", "0002 Zo\u00eb 1 Second it stops.wav"]);
        var jobs = (await (await own.Client.GetAsync("/jobs?order=queue")).Json()).GetProperty("jobs").EnumerateArray().Reverse();
        foreach (var (entry, job) in zip.Entries.Zip(jobs))
        {
            var result = await own.Client.GetByteArrayAsync($"/jobs/{job.GetProperty("id").GetString()}/result");
            await using var content = await entry.OpenAsync();
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes);
            bytes.ToArray().ShouldBe(result);
            entry.Crc32.ShouldBe(System.IO.Hashing.Crc32.HashToUInt32(result));
        }

        open.ShouldBeClean();
    }

    /// <summary>A call that runs until it is cancelled.</summary>
    private static Task Hold(SpeechRun run)
    {
        var end = new TaskCompletionSource();
        run.Stop.Register(end.SetResult);
        return end.Task;
    }

    private static FilePayload Text(string name, string content) =>
        new() { Name = name, MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(content) };
}
