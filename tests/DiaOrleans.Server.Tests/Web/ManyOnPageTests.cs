using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>The page with 300 voices and 1,000 jobs stays quick, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class ManyOnPageTests(PageBrowser browser, ITestOutputHelper output)
{
    private const int Voices = 300;
    private const int Jobs = 1000;

    /// <summary>Milliseconds for which the page may not react. 53 to 78 were measured on two cores with other load.</summary>
    private const double LongestTask = 200;

    /// <summary>Collects the tasks of the page that take 50 ms or more.</summary>
    private const string Collect = """
        window.longTasks = [];
        new PerformanceObserver(list => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
          .observe({ type: "longtask", buffered: true });
        """;

    /// <summary>Milliseconds from an action until a condition holds in a frame that the browser draws.</summary>
    private const string Measure = """
        async ([act, holds]) => {
          const [begin, check] = [performance.now(), new Function(`return ${holds}`)];
          new Function(act)();
          while (!check() && performance.now() - begin < 10_000) await new Promise(requestAnimationFrame);
          return performance.now() - begin;
        }
        """;

    [Fact]
    public async Task Three_hundred_voices_and_a_thousand_jobs_are_listed_found_and_paged_quickly()
    {
        await using var own = await ScriptedServer.Start(new ServerOptions { MaxPendingJobs = 2 * Jobs, MaxWaitingSeconds = 1e6 });
        own.Engine.Script = Hold;
        await Fill(own.Client);
        await using var open = await browser.Open(own.Server);
        var page = open.Page;
        await page.AddInitScriptAsync(Collect);
        await page.EvaluateAsync("localStorage.setItem('dia-tab', 'jobs')");
        await page.ReloadAsync();
        await page.WaitForFunctionAsync($"() => document.getElementById('voice-total').textContent === '{Voices} voices'");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#jobs li').length === 25");
        Report("first list", await page.EvaluateAsync<double>("performance.now()"), 4000);
        foreach (var (what, act, holds, limit) in ((string, string, string, double)[])
            [
                ("next page of jobs", Click("jobs-after"), Says("jobs-place", $"26 to 50 of {Jobs}"), 1000),
                ("voices", Click("tab-voices"), Rows(50), 300),
                ("all voices", string.Join(';', Enumerable.Repeat(Click("voices-more"), 5)), Rows(Voices), 600),
                ("voices with 29", Find("29"), Rows(13), 300),
                ("all voices again", Find(""), Rows(50), 300),
                ("jobs", Click("tab-jobs"), "!document.getElementById('jobs-panel').hidden", 300),
            ])
            Report(what, await page.EvaluateAsync<double>(Measure, new[] { act, holds }), limit);
        var tasks = await page.EvaluateAsync<double[]>("longTasks");
        Report("longest task", tasks.DefaultIfEmpty(0).Max(), LongestTask);
        open.ShouldBeClean();
    }

    private static string Click(string id) => $"document.getElementById('{id}').click()";

    private static string Says(string id, string text) => $"document.getElementById('{id}').textContent === '{text}'";

    private static string Find(string text) =>
        $"const field = document.getElementById('voice-find'); field.value = '{text}'; field.dispatchEvent(new Event('input'))";

    private static string Rows(int count) => $"document.querySelectorAll('#voices li').length === {count}";

    private static async Task Fill(HttpClient client)
    {
        // The voice anna is there.
        for (var i = 1; i < Voices; i++) await client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"voice {{i}}"}""");
        await Parallel.ForAsync(0, Jobs, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await client.Accepted(
            HttpMethod.Post,
            "/generate?async_mode=true",
            $$"""{"text":"Script number {{i}}: the old house by the river has been empty for years.","voice_id":"anna"}"""));
    }

    private static Task Hold(SpeechRun run)
    {
        var end = new TaskCompletionSource();
        run.Stop.Register(end.SetResult);
        return end.Task;
    }

    private void Report(string what, double milliseconds, double limit)
    {
        output.WriteLine($"{what}: {milliseconds:0} ms, at most {limit:0}");
        milliseconds.ShouldBeLessThan(limit, what);
    }
}
