using System.Net;
using System.Text;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The API key; docs/api.md, API keys.</summary>
[Collection(nameof(ServerCollection))]
public sealed class AuthenticationTests(
    ServerFixture fixture,
    AuthenticationTests.Locked locked) : IClassFixture<AuthenticationTests.Locked>
{
    private readonly HttpClient _client = fixture.Client;
    private readonly Locked _locked = locked;

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
    public async Task Any_of_several_keys_is_accepted_and_public_routes_need_none()
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
        foreach (var path in (string[])["/v1/models", "/v1/voices", "/config", "/nowhere"])
            (await server.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
    }

    [Fact]
    public async Task Keys_can_be_in_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("keys");
        await File.WriteAllTextAsync(file, "first, second\n\nthird\n");
        await using var server = await RunningServer.Start(new ServerOptions { ApiKey = "zeroth", ApiKeyFile = file });
        foreach (var (key, status) in new[] { ("zeroth", 200), ("first", 200), ("second", 200), ("third", 200), ("", 401), ("none", 401) })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/voices");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            ((int)(await server.Client.SendAsync(request)).StatusCode).ShouldBe(status, key);
        }
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public async Task A_file_of_keys_may_begin_with_a_byte_order_mark(string encoding)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("keys");
        await File.WriteAllTextAsync(file, "first\r\nschlüssel\r\n", Encoding.GetEncoding(encoding));
        (await File.ReadAllBytesAsync(file))[0].ShouldBeGreaterThan((byte)127);
        ApiKeyFileAttribute.Find(file).ShouldBe(["first", "schlüssel"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ,\n, \n")]
    public async Task A_file_without_a_key_ends_the_start_since_the_server_would_be_open(string? content)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("keys");
        if (content is not null) await File.WriteAllTextAsync(file, content);
        foreach (var path in (string[])[file, folder.Path, "/dev/zero"])
        {
            Should.Throw<SettingsException>(() => new ServerOptions { ApiKeyFile = path }.Read()).Message
                .ShouldBe($"api key file is '{path}'; expected a file that can be read and has a key. It comes from the command line.");
        }
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("nonsense")]
    public async Task Without_a_key_any_authorization_is_ignored(string authorization) =>
        (await _client.Send("GET", "/voices", ("Authorization", authorization))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("Bearer schlüssel", 200)]
    [InlineData("bearer schlüssel", 200)]
    [InlineData("Bearer  schlüssel ", 200)]
    [InlineData("schlüssel", 401)]
    [InlineData("Basic schlüssel", 401)]
    [InlineData("Bearer Schlüssel", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("", 401)]
    public async Task A_key_is_a_bearer_token(string authorization, int status)
    {
        var sent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(authorization));
        (await RawHttp.Send(_locked.Server.Address, "GET /config HTTP/1.1", $"Authorization: {sent}"))
            .ShouldStartWith($"HTTP/1.1 {status}");
    }

    [Theory]
    [MemberData(nameof(EveryRouteTests.BelowTheRoot), MemberType = typeof(EveryRouteTests))]
    public async Task A_route_needs_the_key_unless_it_is_public(string method, string path)
    {
        foreach (var route in (string[])[path, $"/v1{path}"])
        {
            var answer = await _locked.Server.Client.Send(method, route);
            if (path is "/health" or "/health/startup" or "/health/ready" or "/audio/voices" or "/audio/models")
            {
                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
                continue;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            (await answer.Detail()).ShouldBe("Invalid or missing API key");
        }
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/audio/speech")]
    [InlineData("/V1/audio/voices")]
    [InlineData("/nowhere")]
    public async Task Other_routes_need_the_key(string path) =>
        (await _locked.Server.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/health")]
    [InlineData("/docs")]
    [InlineData("/docs/scalar.js")]
    [InlineData("/redoc")]
    [InlineData("/openapi.json")]
    [InlineData("/v1/audio/voices")]
    [InlineData("/v1/audio/models")]
    public async Task Public_routes_need_no_key(string path) =>
        (await _locked.Server.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task A_preflight_needs_no_key() =>
        (
            await _locked.Server.Client.Send(
                "OPTIONS",
                "/generate",
                ("Origin", "https://app.example"),
                ("Access-Control-Request-Method", "POST"))).StatusCode
            .ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task A_refusal_has_openais_shape_under_v1() =>
        (await (await _locked.Server.Client.GetAsync("/v1/config")).Content.ReadAsStringAsync()).ShouldBe(
            """{"detail":"Invalid or missing API key","error":{"message":"Invalid or missing API """
            + """key","type":"invalid_request_error","param":null,"code":null}}""");

    /// <summary>A server with a key.</summary>
    public sealed class Locked : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.Start(new ServerOptions { ApiKey = "schlüssel" });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
