using System.Net;
using System.Text.RegularExpressions;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Which requests get the page, and its headers; docs/api.md, State of the server.</summary>
[Collection(nameof(ServerCollection))]
public sealed partial class WebPageTests(ServerFixture fixture)
{
    private const string Json = """{"message":"Dia TTS Server is running","status":"healthy"}""";
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData(Browser)]
    [InlineData("text/html")]
    [InlineData("TEXT/HTML; charset=utf-8")]
    [InlineData("text/*")]
    [InlineData("application/json, text/html")]
    [InlineData("application/json;q=0.8, text/html;q=0.9")]
    [InlineData("*/*;q=0.1, text/html;q=0.2")]
    public async Task A_request_that_accepts_html_gets_the_page(string accept)
    {
        foreach (var path in (string[])["/", "/v1"])
        {
            var answer = await Get(path, accept);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
            (await answer.Content.ReadAsStringAsync()).ShouldContain("<title>Dia TTS Server</title>");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/json, text/plain, */*")]
    [InlineData("text/html;q=0")]
    [InlineData("text/html;q=0, */*")]
    [InlineData("text/html;q=0.5, application/json")]
    [InlineData("text/html;q=0.5, */*")]
    [InlineData("application/*, text/*;q=0.9")]
    [InlineData("image/png")]
    [InlineData("nonsense")]
    public async Task Any_other_request_gets_json(string? accept)
    {
        var answer = await Get("/", accept);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe(Json);
    }

    [Theory]
    [InlineData(Browser, "text/html")]
    [InlineData("*/*", "application/json")]
    public async Task The_answer_varies_by_the_accept_header(string accept, string type)
    {
        using var request = Request("/", accept);
        request.Headers.Add("Origin", "https://app.example");
        var answer = await _client.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        answer.Headers.Vary.Order().ShouldBe(["Accept", "Origin"]);
    }

    [Theory]
    [InlineData(Browser)]
    [InlineData("*/*")]
    public async Task Head_has_no_body(string accept)
    {
        using var request = Request("/", accept);
        request.Method = HttpMethod.Head;
        var answer = await _client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Vary.ShouldBe(["Accept"]);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/ui/style.css", "text/css")]
    [InlineData("/ui/main.js", "text/javascript")]
    [InlineData("/ui/icon.svg", "image/svg+xml")]
    public async Task Files_are_revalidated_and_sent_only_if_they_changed(string path, string type)
    {
        var answer = await Get(path, Browser);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        answer.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        using var again = Request(path, Browser);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        var unchanged = await _client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        unchanged.Headers.ETag.ShouldBe(answer.Headers.ETag);
        (await unchanged.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        using var other = Request(path, Browser);
        other.Headers.TryAddWithoutValidation("If-None-Match", "\"another\"");
        (await _client.SendAsync(other)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_content_policy_allows_this_server_alone_and_the_page_needs_no_more()
    {
        var answer = await Get("/", Browser);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'self';");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("http");
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldNotContain("http");
        page.ShouldNotContain("<style");
        InlineCode().IsMatch(page).ShouldBeFalse();
    }

    [Fact]
    public async Task Everything_that_the_page_loads_is_served()
    {
        var waiting = new Queue<string>(
            ServedFile().Matches(await (await Get("/", Browser)).Content.ReadAsStringAsync()).Select(match => "/" + match.Value));
        var seen = new HashSet<string>();
        while (waiting.TryDequeue(out var path))
        {
            if (!seen.Add(path)) continue;
            var answer = await Get(path, "*/*");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            foreach (Match import in Import().Matches(await answer.Content.ReadAsStringAsync()))
                waiting.Enqueue("/ui/" + import.Groups[1].Value);
        }

        seen.ShouldContain("/ui/player.js");
    }

    [Theory]
    [InlineData("/ui/nothing.js")]
    [InlineData("/ui/index.html")]
    [InlineData("/ui/Main.js")]
    [InlineData("/ui/..%2f..%2fappsettings.json")]
    [InlineData("/ui")]
    [InlineData("/v1/ui/main.js")]
    public async Task Other_files_are_not_found(string path)
    {
        var answer = await Get(path, Browser);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe("Not Found");
        answer.Headers.Contains("Content-Security-Policy").ShouldBeFalse();
    }

    [Fact]
    public async Task The_page_needs_no_key()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret", Dashboard = true });
        foreach (var path in (string[])["/", "/ui/main.js"])
        {
            var answer = await server.Client.SendAsync(Request(path, Browser));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var content = await answer.Content.ReadAsStringAsync();
            content.ShouldNotContain("secret");
            // A browser could not open it: it sends no key for a link.
            if (path == "/") content.ShouldContain("""href="dashboard/" hidden""");
        }

        (await server.Client.GetAsync("/voices")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_dashboard_is_linked_if_there_is_one()
    {
        await using var server = await RunningServer.Start(new ServerOptions { Dashboard = true });
        (await (await server.Client.SendAsync(Request("/", Browser))).Content.ReadAsStringAsync()).ShouldContain("""href="dashboard/">""");
        (await server.Client.GetAsync("/dashboard/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await Get("/", Browser)).Content.ReadAsStringAsync()).ShouldContain("""href="dashboard/" hidden>""");
    }

    private Task<HttpResponseMessage> Get(string path, string? accept) => _client.SendAsync(Request(path, accept));

    private static HttpRequestMessage Request(string path, string? accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return request;
    }

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"ui/[\w.-]+")]
    private static partial Regex ServedFile();

    [GeneratedRegex("""from "\./([^"]+)";""")]
    private static partial Regex Import();
}
