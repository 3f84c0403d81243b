using System.Net;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>spec/api.md 1.2.</summary>
[Collection(nameof(ServerCollection))]
public sealed class CorsTests(ServerFixture fixture)
{
    private readonly HttpClient _client = fixture.Client;

    [Fact]
    public async Task Cors_echoes_the_origin_with_credentials()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("Origin", "https://app.example");
        var headers = (await _client.SendAsync(request)).Headers;
        headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("https://app.example");
        headers.GetValues("Access-Control-Allow-Credentials").Single().ShouldBe("true");
        headers.Vary.Single().ShouldBe("Origin");
        headers.GetValues("Access-Control-Expose-Headers").Single().ShouldBe("X-Generation-ID, X-Request-ID, Content-Disposition");
        (await _client.GetAsync("/health")).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task A_preflight_is_answered_for_every_path()
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/generate");
        request.Headers.Add("Origin", "https://app.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,x-custom");
        var answer = await _client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("OK");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        answer.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldBe("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
        answer.Headers.GetValues("Access-Control-Max-Age").Single().ShouldBe("600");
        answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("authorization,x-custom");
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("https://app.example");
    }

    [Theory]
    [InlineData("/nowhere", 404)]
    [InlineData("/logs?limit=x", 422)]
    [InlineData("/broken", 500)]
    [InlineData("/locked", 401)]
    [InlineData("/voices/", 307)]
    public async Task Answers_that_are_errors_have_the_cors_headers_too(string path, int status)
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "k" });
        server.App.MapGet("/broken", IResult () => throw new InvalidOperationException("A secret."));
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://app.example");
        request.Headers.Add("X-Request-ID", "mine-2");
        if (status != 401) request.Headers.Add("Authorization", "Bearer k");
        var answer = await server.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("https://app.example");
        answer.Headers.GetValues("X-Request-ID").Single().ShouldBe("mine-2");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("x-anything")]
    public async Task A_preflight_may_ask_for_any_method_and_no_headers(string method)
    {
        var answer = await _client.Send("OPTIONS", "/v1/nowhere", ("Origin", "null"), ("Access-Control-Request-Method", method));
        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((200, "OK"));
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("null");
        answer.Headers.GetValues("Access-Control-Allow-Credentials").Single().ShouldBe("true");
        answer.Headers.GetValues("Vary").Single().ShouldBe("Origin");
        answer.Headers.Contains("Access-Control-Allow-Headers").ShouldBeFalse();
        answer.Headers.Contains("X-Request-ID").ShouldBeTrue();
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("Access-Control-Request-Method")]
    public async Task Options_without_both_headers_is_no_preflight(string header) =>
        (await _client.Send("OPTIONS", "/voices", (header, "GET"))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);

    [Theory]
    [InlineData("https://ü.example")]
    [InlineData("http://localhost:8000")]
    public async Task Any_origin_is_echoed_as_it_came(string origin)
    {
        var answer = await RawHttp.Send(fixture.Server.Address, "GET /health HTTP/1.1", $"Origin: {origin}");
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain("Access-Control-Allow-Origin: http");
    }
}
