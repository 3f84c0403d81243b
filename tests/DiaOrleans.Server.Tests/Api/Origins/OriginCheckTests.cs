using System.Net;
using System.Text;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Api.Origins;

/// <summary>docs/api.md, Ground rules.2, over HTTP.</summary>
[Collection(nameof(ServerCollection))]
public sealed class OriginCheckTests(ServerFixture fixture, OriginCheckTests.Locked locked) : IClassFixture<OriginCheckTests.Locked>
{
    private const string Near = "http://localhost:8000";
    private const string Foreign = "https://app.example";

    private readonly HttpClient _client = fixture.Client;
    private readonly Locked _locked = locked;

    [Theory]
    [InlineData(Near)]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://[::1]:3000")]
    public async Task Get_AllowedOrigin_EchoedWithCredentials(string origin)
    {
        var headers = (await _client.Send("GET", "/health", ("Origin", origin))).Headers;
        headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(origin);
        headers.GetValues("Access-Control-Allow-Credentials").Single().ShouldBe("true");
        headers.Vary.Single().ShouldBe("Origin");
        headers.GetValues("Access-Control-Expose-Headers").Single().ShouldBe("X-Generation-ID, X-Request-ID, X-Seed, Content-Disposition");
    }

    [Fact]
    public async Task Get_NoOrigin_NoCorsHeaders() => CorsHeaders(await _client.GetAsync("/health")).ShouldBeEmpty();

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("x-anything")]
    public async Task Preflight_AllowedOrigin_AnsweredForEveryPathAndMethod(string method)
    {
        var answer = await _client.Send(
            "OPTIONS",
            "/v1/nowhere",
            ("Origin", Near),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization,x-custom"));
        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType!.MediaType)
            .ShouldBe((200, "OK", "text/plain"));
        answer.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldBe("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
        answer.Headers.GetValues("Access-Control-Max-Age").Single().ShouldBe("600");
        answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("authorization,x-custom");
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(Near);
        answer.Headers.GetValues("Access-Control-Allow-Credentials").Single().ShouldBe("true");
        answer.Headers.GetValues("Vary").Single().ShouldBe("Origin");
        answer.Headers.Contains("X-Request-ID").ShouldBeTrue();
    }

    [Fact]
    public async Task Preflight_NoHeadersRequested_NoneAllowed() =>
        (await _client.Send("OPTIONS", "/voices", ("Origin", Near), ("Access-Control-Request-Method", "GET"))).Headers.Contains(
            "Access-Control-Allow-Headers")
            .ShouldBeFalse();

    [Fact]
    public async Task Preflight_HeadersBeyondTheLimit_AreNotEchoed()
    {
        var answer = await _client.Send(
            "OPTIONS",
            "/voices",
            ("Origin", Near),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", new string('x', 4097)));
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Headers.Contains("Access-Control-Allow-Headers").ShouldBeFalse();
    }

    [Theory]
    [InlineData(Foreign)]
    [InlineData("null")]
    public async Task Preflight_ForeignOrigin_RefusedWithASentence(string origin)
    {
        var answer = await _client.Send("OPTIONS", "/generate", ("Origin", origin), ("Access-Control-Request-Method", "POST"));
        ((int)answer.StatusCode, await answer.Detail())
            .ShouldBe((403, $"Requests from {origin} are not allowed: add it to AllowedOrigins or set an API key"));
        CorsHeaders(answer).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("OPTIONS", 405)]
    public async Task Read_ForeignOrigin_ServedWithoutCorsHeaders(string method, int status)
    {
        var answer = await _client.Send(method, "/health", ("Origin", Foreign));
        ((int)answer.StatusCode).ShouldBe(status);
        CorsHeaders(answer).ShouldBeEmpty();
        answer.Headers.Vary.Single().ShouldBe("Origin");
    }

    [Theory]
    [InlineData("POST", "/voice_mappings", "text/plain")]
    [InlineData("POST", "/v1/voice_mappings", "application/json")]
    [InlineData("POST", "/voice_mappings", "application/x-www-form-urlencoded")]
    [InlineData("PUT", "/config", "application/json")]
    [InlineData("DELETE", "/logs", "text/plain")]
    [InlineData("PATCH", "/nowhere", "text/plain")]
    public async Task Write_ForeignOrigin_Refused(string method, string path, string type)
    {
        foreach (var (name, value) in ((string, string)[])[("Origin", Foreign), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Content = new StringContent("""{"voice_id":"planted"}""", Encoding.UTF8, type),
            };
            request.Headers.Add(name, value);
            var answer = await _client.SendAsync(request);
            var who = name == "Origin" ? $"{value} are not allowed: add it" : "another site are not allowed: add its origin";
            ((int)answer.StatusCode, await answer.Detail()).ShouldBe((403, $"Requests from {who} to AllowedOrigins or set an API key"));
            CorsHeaders(answer).ShouldBeEmpty();
        }

        (await _client.GetStringAsync("/voices")).ShouldNotContain("planted");
    }

    [Theory]
    [InlineData("same-origin")]
    [InlineData("same-site")]
    [InlineData("none")]
    public async Task Write_NoOriginAndNotCrossSite_Served(string site) =>
        ((int)(await _client.Send("POST", "/generate", ("Sec-Fetch-Site", site))).StatusCode).ShouldBe(422);

    [Fact]
    public async Task Write_LongForeignOrigin_SentenceIsCut()
    {
        var answer = await _client.Send("POST", "/generate", ("Origin", $"https://{new string('a', 9000)}.example"));
        ((int)answer.StatusCode).ShouldBe(403);
        (await answer.Detail()).Length.ShouldBeLessThan(400);
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("Access-Control-Request-Method")]
    public async Task Options_WithoutBothHeaders_IsNoPreflight(string header) =>
        (await _client.Send("OPTIONS", "/voices", (header, header == "Origin" ? Near : "GET"))).StatusCode
            .ShouldBe(HttpStatusCode.MethodNotAllowed);

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("evil.example:7860", 421)]
    [InlineData("localhost", 200)]
    [InlineData("192.168.1.5:7860", 200)]
    [InlineData("[::1]:7860", 200)]
    [InlineData("dia:7860", 200)]
    [InlineData("host.docker.internal:7860", 200)]
    public async Task Host_Sent_IsKnownOrA421(string host, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Host = host;
        var answer = await _client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 421) (await answer.Detail()).ShouldBe("Unknown host 'evil.example': add it to AllowedHosts");
    }

    [Fact]
    public async Task Host_UnderV1_HasOpenAisShape()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech");
        request.Headers.Host = "evil.example";
        request.Headers.Add("Origin", "http://evil.example");
        var answer = await _client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(421);
        (await answer.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
        CorsHeaders(answer).ShouldBeEmpty();
    }

    [Fact]
    public async Task Settings_NamedOriginsAndHosts_AreAllowedToo()
    {
        await using var server = await RunningServer.Start(
            new ServerOptions { AllowedOrigins = $"{Foreign}, https://other.example/", AllowedHosts = "tts.example" });
        foreach (var origin in (string[])[Foreign, "https://other.example", Near])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/generate");
            request.Headers.Host = "tts.example:7860";
            request.Headers.Add("Origin", origin);
            var answer = await server.Client.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(422);
            answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(origin);
        }

        ((int)(await server.Client.Send("POST", "/generate", ("Origin", "null"))).StatusCode).ShouldBe(403);
    }

    [Theory]
    [InlineData("https://ü.example")]
    [InlineData("null")]
    public async Task Settings_AllOriginsAndHosts_AnyIsEchoedUnchanged(string origin)
    {
        await using var server = await RunningServer.Start(new ServerOptions { AllowedOrigins = "*", AllowedHosts = "*" });
        var answer = await RawHttp.Send(server.Address, "GET /health HTTP/1.1", $"Origin: {origin}");
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain("Access-Control-Allow-Origin: ");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate");
        request.Headers.Host = "evil.example";
        request.Headers.Add("Origin", "https://evil.example");
        ((int)(await server.Client.SendAsync(request)).StatusCode).ShouldBe(422);
    }

    [Theory]
    [InlineData("/nowhere", 404)]
    [InlineData("/logs?limit=x", 422)]
    [InlineData("/broken", 500)]
    [InlineData("/locked", 401)]
    [InlineData("/voices/", 307)]
    public async Task Key_ForeignOriginAndHost_AllowedAndErrorsHaveTheHeadersToo(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = "tts.example";
        request.Headers.Add("Origin", Foreign);
        request.Headers.Add("X-Request-ID", "mine-2");
        if (status != 401) request.Headers.Add("Authorization", "Bearer k");
        var answer = await _locked.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(Foreign);
        answer.Headers.GetValues("X-Request-ID").Single().ShouldBe("mine-2");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Key_ForeignWriteWithoutIt_Unauthorized() =>
        ((int)(await _locked.Client.Send("DELETE", "/logs", ("Origin", Foreign), ("Sec-Fetch-Site", "cross-site"))).StatusCode)
            .ShouldBe(401);

    private static IEnumerable<string> CorsHeaders(HttpResponseMessage answer) =>
        answer.Headers.Select(header => header.Key).Where(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));

    /// <summary>A server with a key, and a route that fails.</summary>
    public sealed class Locked : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        internal HttpClient Client => Server.Client;

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.Start(new ServerOptions { ApiKey = "k" });
            Server.App.MapGet("/broken", IResult () => throw new InvalidOperationException("A secret."));
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
