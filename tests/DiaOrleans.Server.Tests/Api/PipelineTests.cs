using System.Net;
using System.Net.Sockets;
using System.Text;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>What every request passes: spec/api.md 1, 1.1, 1.2 and 1.3.</summary>
[Collection(nameof(ServerCollection))]
public sealed class PipelineTests(ServerFixture fixture)
{
    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData("/health")]
    [InlineData("/v1/health")]
    public async Task Health_answers_with_a_float_of_unix_seconds(string path)
    {
        var health = await (await _client.GetAsync(path)).Json();
        health.GetProperty("status").GetString().ShouldBe("healthy");
        health.GetProperty("model_loaded").GetBoolean();
        health.GetProperty("timestamp").GetDouble().ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 5);
        health.EnumerateObject().Count().ShouldBe(3);
    }

    [Fact]
    public async Task The_root_says_that_the_server_runs() =>
        (await _client.GetStringAsync("/")).ShouldBe("""{"message":"Dia TTS Server is running","status":"healthy"}""");

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/health", 200)]
    [InlineData("/voices", 405)]
    [InlineData("/nowhere", 404)]
    public async Task Head_is_served_on_root_and_health_only(string path, int status)
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_path_is_not_found()
    {
        var answer = await _client.GetAsync("/nowhere");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe("Not Found");
    }

    [Fact]
    public async Task A_wrong_method_names_the_right_ones()
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/voice_mappings"));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.Order().ShouldBe(["GET", "POST"]);
        (await answer.Detail()).ShouldBe("Method Not Allowed");
    }

    [Theory]
    [InlineData("/voices/", "/voices")]
    [InlineData("/v1/voices/?x=1", "/v1/voices?x=1")]
    public async Task A_trailing_slash_redirects(string path, string target)
    {
        var answer = await _client.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(307);
        answer.Headers.Location!.OriginalString.ShouldBe(target);
    }

    [Fact]
    public async Task A_path_of_two_slashes_does_not_redirect_to_another_host()
    {
        var answer = await Raw("//evil.example/");
        answer.ShouldStartWith("HTTP/1.1 404");
        answer.ShouldNotContain("Location");
    }

    [Theory]
    [InlineData("//evil.example/../../voices/")]
    [InlineData("/voices/x/..")]
    public async Task Dot_segments_do_not_hide_another_host_nor_a_circle(string target)
    {
        var answer = await Raw(target);
        answer.ShouldNotContain("Location: //");
        answer.ShouldNotContain($"Location: {target}");
    }

    [Fact]
    public async Task A_request_id_is_echoed_or_made()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Request-ID", "mine-1");
        (await _client.SendAsync(request)).Headers.GetValues("X-Request-ID").Single().ShouldBe("mine-1");
        var made = (await _client.GetAsync("/nowhere")).Headers.GetValues("X-Request-ID").Single();
        made.Length.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task A_request_id_that_is_too_long_is_replaced()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Request-ID", new string('x', 129));
        (await _client.SendAsync(request)).Headers.GetValues("X-Request-ID").Single().Length.ShouldBeLessThan(129);
    }

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
    [InlineData("image/png")]
    [InlineData("text/html;q=0.1")]
    public async Task Any_accept_header_is_served(string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/voices");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        (await _client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_authorization_header_is_ignored_without_a_key()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/voices");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer ");
        (await _client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_a_key_requests_need_it_and_health_does_not()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "secret" });
        var refused = await server.Client.GetAsync("/voices");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        (await refused.Detail()).ShouldBe("Invalid or missing API key");
        (await server.Client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var (key, status) in new[] { ("wrong", 401), ("secret", 200) })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/voices");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            ((int)(await server.Client.SendAsync(request)).StatusCode).ShouldBe(status);
        }
    }

    [Fact]
    public async Task Any_of_several_keys_opens_and_what_clients_read_without_one_is_open()
    {
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "first, second" });
        foreach (var (key, status) in new[] { ("first", 200), ("second", 200), ("first, second", 401), ("", 401) })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/voices");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            ((int)(await server.Client.SendAsync(request)).StatusCode).ShouldBe(status, key);
        }

        string[] open = ["/", "/v1", "/health", "/v1/health", "/docs", "/redoc", "/openapi.json", "/v1/audio/voices", "/v1/audio/models"];
        foreach (var path in open) (await server.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        foreach (var path in (string[])["/v1/models", "/v1/voices", "/config", "/nowhere"]) (await server.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
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
    [InlineData("/v1", 200)]
    [InlineData("/v1/health", 200)]
    [InlineData("/docs", 405)]
    [InlineData("/openapi.json", 405)]
    [InlineData("/v1/models", 405)]
    public async Task Head_is_not_served_elsewhere(string path, int status)
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_path_with_a_nul_is_refused_without_a_body()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, fixture.Server.Address.Port);
        await socket.GetStream().WriteAsync("GET /voices/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        var answer = await new StreamReader(socket.GetStream(), Encoding.ASCII).ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 400");
        answer.ShouldEndWith("\r\n\r\n");
    }

    /// <summary>The answer to a target that a client library would clean up first.</summary>
    private async Task<string> Raw(string target)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, fixture.Server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        return await new StreamReader(socket.GetStream(), Encoding.ASCII).ReadToEndAsync();
    }
}
