using DiaOrleans.Server.Tests.Api;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>What pages of other sites can do to a server without a key, in a real browser; docs/api.md, Origins and hosts.</summary>
[Collection(nameof(PageCollection))]
public sealed class ForeignPageTests(
    PageBrowser browser,
    ForeignPageTests.Sites sites) : IClassFixture<ForeignPageTests.Sites>, IAsyncLifetime
{
    /// <summary>The browser resolves this name to this machine, as with an attacker's DNS server.</summary>
    private const string Name = "attacker.example";

    private readonly RunningServer _server = sites.Server;
    private readonly ForeignSite _site = sites.Foreign;
    private readonly SeenAnswers _seen = sites.Seen;
    private IBrowserContext? _context;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_context is not null) await _context.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "/voice_mappings", "no-cors", "text/plain", false)]
    [InlineData("POST", "/v1/voice_mappings", "cors", "text/plain", false)]
    [InlineData("POST", "/voice_mappings", "cors", "application/json", true)]
    [InlineData("PUT", "/config", "cors", "application/json", true)]
    [InlineData("DELETE", "/logs", "cors", "text/plain", true)]
    [InlineData("DELETE", "/voice_mappings/anna", "cors", "text/plain", true)]
    public async Task A_foreign_page_changes_nothing(
        string method,
        string path,
        string mode,
        string type,
        bool preflight)
    {
        var before = await State();
        var page = await Open($"http://{Name}:{_site.Port}/");
        _seen.Forget();
        await Fetch(page, method, path, mode, type, """{"voice_id":"planted","save_outputs":true}""");
        _seen.All.ShouldBe([(preflight ? "OPTIONS" : method, 403)]);
        (await State()).ShouldBe(before);
    }

    [Fact]
    public async Task A_foreign_page_reads_nothing()
    {
        var page = await Open($"http://{Name}:{_site.Port}/");
        foreach (var path in (string[])["/voices", "/logs", "/config", "/jobs"])
            (await Fetch(page, "GET", path, "cors")).ShouldStartWith("refused");
        (await Fetch(page, "GET", "/voices", "no-cors")).ShouldBe("opaque 0 ");
    }

    [Fact]
    public async Task A_foreign_page_s_form_is_refused()
    {
        var before = await State();
        var page = await Open($"http://{Name}:{_site.Port}/");
        var submit = () => page.EvaluateAsync(
            """
            url => {
              const form = Object.assign(document.createElement("form"), { method: "post", action: url, enctype: "text/plain" });
              form.append(Object.assign(document.createElement("input"), { name: '{"voice_id":"planted","x":"', value: '"}' }));
              document.body.append(form);
              setTimeout(() => form.submit());
            }
            """,
            Url("/voice_mappings"));
        (await page.RunAndWaitForResponseAsync(submit, answer => answer.Url == Url("/voice_mappings"))).Status.ShouldBe(403);
        (await State()).ShouldBe(before);
    }

    [Fact]
    public async Task A_page_without_an_origin_is_refused()
    {
        var before = await State();
        var page = await Open($"http://{Name}:{_site.Port}/");
        _seen.Forget();
        await page.EvaluateAsync(
            """
            url => new Promise(done => {
              addEventListener("message", done, { once: true });
              const frame = Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts" });
              const options = `{ method: "POST", mode: "no-cors", body: '{"voice_id":"planted"}' }`;
              frame.srcdoc = `<script>fetch("${url}", ${options}).finally(() => parent.postMessage("done", "*"))</` + "script>";
              document.body.append(frame);
            })
            """,
            Url("/voice_mappings"));
        _seen.All.ShouldBe([("POST", 403)]);
        (await State()).ShouldBe(before);
    }

    [Fact]
    public async Task A_host_name_that_resolves_to_the_server_is_unknown()
    {
        var page = await (await Context()).NewPageAsync();
        var answer = await page.GotoAsync($"http://{Name}:{_server.Address.Port}/voices");
        answer!.Status.ShouldBe(421);
        (await answer.TextAsync()).ShouldNotContain("anna");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_page_of_this_machine_uses_the_whole_api(string host)
    {
        var page = await Open($"http://{host}:{_site.Port}/");
        (await Fetch(page, "GET", "/health", "cors")).ShouldStartWith("cors 200");
        (await Fetch(page, "POST", "/v1/voice_mappings", "cors", "application/json", """{"voice_id":"seraphina"}"""))
            .ShouldStartWith("cors 200");
        (await Fetch(page, "GET", "/v1/voice_mappings", "cors")).ShouldContain("seraphina");
        (await Fetch(page, "POST", "/v1/audio/speech", "cors", "application/json", """{"input":"Hi.","voice":"seraphina"}"""))
            .ShouldStartWith("cors 200 RIFF");
        (await Fetch(page, "DELETE", "/v1/voice_mappings/seraphina", "cors")).ShouldStartWith("cors 200");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs")]
    public async Task The_server_s_own_pages_use_the_whole_api_under_any_name_of_the_server(string path)
    {
        foreach (var host in (string[])["127.0.0.1", "localhost", "dia-box.lan"])
        {
            var page = await Open($"http://{host}:{_server.Address.Port}{path}");
            var made = await page.EvaluateAsync<int>(
                """fetch("/voice_mappings", { method: "POST", body: '{"voice_id":"own"}' }).then(answer => answer.status)""");
            made.ShouldBe(200, host);
            (await page.EvaluateAsync<int>("""fetch("/voice_mappings/own", { method: "DELETE" }).then(answer => answer.status)"""))
                .ShouldBe(200, host);
        }
    }

    private async Task<IBrowserContext> Context() => _context ??= await browser.NewContext();

    private async Task<IPage> Open(string address)
    {
        var page = await (await Context()).NewPageAsync();
        (await page.GotoAsync(address))!.Status.ShouldBe(200);
        return page;
    }

    private string Url(string path) => $"http://127.0.0.1:{_server.Address.Port}{path}";

    /// <summary>What the page can read: the answer's type, status and first letters, or "refused".</summary>
    private Task<string> Fetch(
        IPage page,
        string method,
        string path,
        string mode,
        string? type = null,
        string? body = null) => page.EvaluateAsync<string>(
            """
            async ({ url, method, mode, type, body }) => {
              try {
                const answer = await fetch(url, { method, mode, body, headers: type ? { "Content-Type": type } : {} });
                return `${answer.type} ${answer.status} ${(await answer.text()).slice(0, 200)}`;
              } catch (problem) {
                return `refused: ${problem}`;
              }
            }
            """,
            new { url = Url(path), method, mode, type, body });

    /// <summary>The state of the server that a page could change.</summary>
    private async Task<string> State() =>
        await _server.Client.GetStringAsync("/voice_mappings") + await _server.Client.GetStringAsync("/config") + await _server.Client
            .GetStringAsync("/audio_prompts");

    /// <summary>A server with a voice, and another site on its machine.</summary>
    public sealed class Sites : IAsyncLifetime
    {
        internal SeenAnswers Seen { get; } = new();

        internal RunningServer Server { get; private set; } = null!;

        internal ForeignSite Foreign { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.Start(services: services => services.AddSingleton<IStartupFilter>(Seen));
            Foreign = await ForeignSite.Start();
            await Server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        }

        public async ValueTask DisposeAsync()
        {
            await Foreign.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
