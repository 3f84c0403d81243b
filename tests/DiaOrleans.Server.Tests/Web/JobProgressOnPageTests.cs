using System.Globalization;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using IRequest = Microsoft.Playwright.IRequest;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Running jobs on the page, which follows them by their events, in a browser.</summary>
[Collection(nameof(PageCollection))]
public sealed class JobProgressOnPageTests(PageBrowser browser)
{
    private const string Text = "The old house by the river has been empty for years, and nobody knows who owns it.";
    private const int Frames = 50;

    private readonly TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(null)]
    [InlineData("secret")]
    public async Task Progress_and_the_end_come_from_the_events(string? key)
    {
        await using var own = await ScriptedServer.Start(new ServerOptions { ApiKey = key });
        own.Engine.Script = SpeakInSteps;
        await using var open = await browser.Open(own.Server);
        var page = open.Page;
        if (key is not null)
        {
            await page.FillAsync("#key", key);
            await open.Save("#key-dialog");
        }

        await Queue(page, Text);
        var first = await Progress(page, 0);
        // From here on the list does not answer.
        await page.RouteAsync("**/jobs?*", _ => { });
        _more.SetResult();
        await Progress(page, first + 0.05);
        await Assertions.Expect(page.Locator("#jobs li .facts")).ToContainTextAsync("s left");
        _end.SetResult();
        await page.WaitForSelectorAsync("#jobs li[data-status=completed] button:has-text('Play')");
        open.ShouldBeClean(key is null ? [] : ["status of 401"]);
    }

    [Fact]
    public async Task Four_jobs_at_most_are_followed_by_all_tabs_together_and_none_by_a_hidden_list()
    {
        await using var own = await ScriptedServer.Start(engine: new ScriptedEngine { Slots = 6 });
        own.Engine.Script = SpeakInSteps;
        await using var open = await browser.Open(own.Server);
        await using var other = new OpenPage(await open.Page.Context.NewPageAsync(), own.Server.Address);
        var (streams, others) = (new Streams(open.Page), new Streams(other.Page));
        for (var i = 0; i < 6; i++) await Queue(open.Page, $"{i}. {Text}");
        await Assertions.Expect(open.Page.Locator("#jobs li[data-status=processing]")).ToHaveCountAsync(6);
        await streams.ShouldBe(4);
        await other.Page.GotoAsync(own.Server.Address.ToString());
        await Assertions.Expect(other.Page.Locator("#jobs li[data-status=processing]")).ToHaveCountAsync(6);
        others.Open.ShouldBe(0);
        await open.Page.ClickAsync("#tab-voices");
        await streams.ShouldBe(0);
        await others.ShouldBe(4);
        _more.SetResult();
        _end.SetResult();
        await Assertions.Expect(other.Page.Locator("#jobs li[data-status=completed]")).ToHaveCountAsync(6);
        await others.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_comes_back_is_asked_for_what_follows_the_last_event()
    {
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { DrainSeconds = 0 };
        var engine = new ScriptedEngine { Script = SpeakInSteps };
        var server = await Start(options, engine, folder.Path);
        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        await using var open = await browser.Open(server);
        var page = open.Page;
        var continued = page.WaitForRequestAsync(request =>
            request.Url.EndsWith("/events", StringComparison.Ordinal) && request.Headers.ContainsKey("last-event-id"));
        await Queue(page, Text);
        await Progress(page, 0);
        var port = server.Address.Port;
        await server.DisposeAsync();
        await page.WaitForSelectorAsync("#connection[data-kind=error]");

        await using var next = await Start(options with { Port = port }, engine, folder.Path);
        await Assertions.Expect(page.Locator("#connection")).ToBeHiddenAsync();
        long.Parse((await continued).Headers["last-event-id"], CultureInfo.InvariantCulture).ShouldBePositive();
        _more.SetResult();
        _end.SetResult();
        await page.WaitForSelectorAsync("#jobs li[data-status=completed]");
        (await page.Locator("#jobs li").CountAsync()).ShouldBe(1);
    }

    private static Task<RunningServer> Start(ServerOptions options, ScriptedEngine engine, string folder) =>
        RunningServer.Start(options, folder, services => services.AddSingleton<ISpeechEngineFactory>(engine));

    private static async Task Queue(IPage page, string text)
    {
        await page.WaitForSelectorAsync("#voice option[value=anna]", new() { State = WaitForSelectorState.Attached });
        await page.FillAsync("#script", text);
        await page.ClickAsync("#queue");
        await page.Locator("#jobs li").GetByText(text).WaitForAsync();
    }

    /// <summary>Waits until the bar of the only job shows more than a part, and returns what it shows.</summary>
    private static async Task<double> Progress(IPage page, double above)
    {
        await page.WaitForFunctionAsync("above => document.querySelector('#jobs progress')?.value > above", above);
        return await page.EvaluateAsync<double>("document.querySelector('#jobs progress').value");
    }

    /// <summary>Speaks for a second, then for another one, and then to the end.</summary>
    private async Task SpeakInSteps(SpeechRun run)
    {
        run.Append(new CodeGrid(Frames, 9));
        await Task.WhenAny(_more.Task, Stopped(run));
        run.Append(new CodeGrid(Frames, 9));
        await Task.WhenAny(_end.Task, Stopped(run));
        run.Append(ScriptedEngine.Tone(2));
        run.Complete(endedByItself: true);
    }

    private static Task Stopped(SpeechRun run)
    {
        var stopped = new TaskCompletionSource();
        run.Stop.Register(stopped.SetResult);
        return stopped.Task;
    }

    /// <summary>Counts the streams of events that a page has open.</summary>
    private sealed class Streams
    {
        private readonly IPage _page;
        private readonly HashSet<IRequest> _open = [];

        public Streams(IPage page)
        {
            _page = page;
            page.Request += (_, request) => Change(request, () => _open.Add(request));
            page.RequestFinished += (_, request) => Change(request, () => _open.Remove(request));
            page.RequestFailed += (_, request) => Change(request, () => _open.Remove(request));
        }

        public int Open
        {
            get
            {
                lock (_open) return _open.Count;
            }
        }

        public async Task ShouldBe(int count)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (Open != count)
            {
                (Open <= 4).ShouldBeTrue();
                await _page.EvaluateAsync("new Promise(requestAnimationFrame)").WaitAsync(limit.Token);
            }
        }

        private void Change(IRequest request, Action change)
        {
            if (!request.Url.EndsWith("/events", StringComparison.Ordinal)) return;
            lock (_open) change();
        }
    }
}
