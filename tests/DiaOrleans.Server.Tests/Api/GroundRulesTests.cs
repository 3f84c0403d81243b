using System.Net;
using System.Net.Sockets;
using System.Text;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>docs/api.md, Ground rules; rules that hold for each route are in <see cref="EveryRouteTests"/>.</summary>
[Collection(nameof(ServerCollection))]
public sealed class GroundRulesTests(ServerFixture fixture)
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
    public async Task The_root_shows_that_the_server_runs() =>
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
    public async Task A_wrong_method_is_refused_with_the_allowed_ones()
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
        answer.ShouldContain("\r\nLocation: /evil.example\r\n");
    }

    [Theory]
    [InlineData("//evil.example/../../voices/")]
    [InlineData("/voices/x/..")]
    public async Task Dot_segments_cause_no_redirect_to_another_host_or_to_itself(string target)
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

    [Theory]
    [InlineData("image/png")]
    [InlineData("text/html;q=0.1")]
    public async Task Any_accept_header_is_served(string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/voices");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        (await _client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
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

    /// <summary>The answer to a target that client libraries would normalise.</summary>
    private async Task<string> Raw(string target)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, fixture.Server.Address.Port);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        return await new StreamReader(socket.GetStream(), Encoding.ASCII).ReadToEndAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    public async Task A_request_id_has_1_to_128_characters(int length)
    {
        var id = new string('!', length - 1) + '~';
        (await _client.Send("GET", "/health", ("X-Request-ID", id))).Headers.GetValues("X-Request-ID").Single().ShouldBe(id);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("prüfung")]
    [InlineData("pr\u00C3\u00BCfung")]
    [InlineData("\u007F")]
    public async Task A_request_id_that_is_not_visible_ascii_is_replaced(string id)
    {
        var answer = await RawHttp.Send(fixture.Server.Address, "GET /health HTTP/1.1", $"X-Request-ID: {id}");
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain("X-Request-ID: ");
        answer.ShouldNotContain($"X-Request-ID: {id}");
    }

    [Theory]
    [InlineData("/logs?Limit=many")]
    [InlineData("/jobs?LIMIT=-1&Status=done")]
    [InlineData("/jobs?limit=1&Limit=many")]
    public async Task A_query_name_in_another_case_is_unknown_and_ignored(string path) =>
        (await _client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("/logs?limit=many&limit=1", 200)]
    [InlineData("/logs?limit=1&limit=many", 422)]
    [InlineData("/logs?limit", 422)]
    [InlineData("/logs?%6Cimit=%31", 200)]
    [InlineData("/logs?limit=+1", 200)]
    public async Task The_last_of_equal_query_names_counts_decoded(string path, int status) =>
        ((int)(await _client.GetAsync(path)).StatusCode).ShouldBe(status);

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("nonsense")]
    public async Task A_json_body_is_read_whatever_its_type(string? type)
    {
        var content = new ByteArrayContent("""{"text":"Hi.","voice_id":"nobody","an unknown field":[1]}"""u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        (await (await _client.PostAsync("/generate", content)).Detail()).ShouldStartWith("Voice 'nobody' not found");
    }

    [Theory]
    [InlineData("/docs", "text/html")]
    [InlineData("/redoc", "text/html")]
    [InlineData("/openapi.json", "application/json")]
    public async Task Documentation_is_served(string path, string type)
    {
        var answer = await _client.GetAsync(path);
        (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, type));
    }

    [Fact]
    public void The_port_is_7860_of_every_address()
    {
        var expected = System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        (new HttpOptions().Address, new HttpOptions().Port).ShouldBe((expected, 7860));
    }

    [Theory]
    [InlineData("DELETE /voice_mappings/%2e%2e", "Voice '..' not found")]
    [InlineData("DELETE /v1/voice_mappings/%2E", "Voice '.' not found")]
    [InlineData("DELETE /voice_mappings/.%2e", "Voice '..' not found")]
    [InlineData("GET /jobs/%2e%2e/result", "Job '..' not found")]
    [InlineData("GET /logs/x/../%2e%2e", "Log '..' not found")]
    [InlineData("GET /audio_prompts/metadata/%2e%2e", "Audio prompt '..' not found")]
    [InlineData("GET /nowhere/%2e%2e/health", "Not Found")]
    public async Task Dots_that_are_percent_encoded_are_an_id(string request, string detail)
    {
        var answer = await RawHttp.Send(fixture.Server.Address, $"{request} HTTP/1.1");
        answer.ShouldStartWith("HTTP/1.1 404");
        answer.ShouldContain($"{{\"detail\":\"{detail}\"");
    }
}
