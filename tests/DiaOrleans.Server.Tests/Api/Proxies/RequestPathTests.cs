namespace DiaOrleans.Server.Tests.Api.Proxies;

/// <summary>Paths as proxies and careless clients send them; docs/api.md, Ground rules.</summary>
public sealed class RequestPathTests(RequestPathTests.Servers servers) : IClassFixture<RequestPathTests.Servers>
{
    private const string Voice = "a/b c%";
    private const string VoiceInPath = "a%2Fb%20c%25";

    [Theory]
    [InlineData("//health")]
    [InlineData("/v1//health")]
    [InlineData("///v1///health?x=//y")]
    [InlineData("//v1/audio//voices")]
    [InlineData("//preview//" + VoiceInPath)]
    public async Task Repeated_slashes_count_as_one(string path) => (await Status(servers.Root, path)).ShouldBe(200);

    [Theory]
    [InlineData("//evil.example/", "/evil.example")]
    [InlineData("///evil.example//", "/evil.example")]
    [InlineData("//v1///voices//?a=//b", "/v1/voices?a=//b")]
    [InlineData("/v1/voice_mappings//a%252Fb%2F//", "/v1/voice_mappings/a%252Fb%2F")]
    public async Task A_redirect_has_single_slashes_and_the_encoding_of_the_client(string path, string target) =>
        (await Location(servers.Root, path)).ShouldBe(target);

    [Theory]
    [InlineData("/tts/health")]
    [InlineData("/health")]
    [InlineData("/tts/v1/health")]
    [InlineData("//tts//health")]
    [InlineData("/tts/preview/" + VoiceInPath)]
    [InlineData("/tts/")]
    [InlineData("/tts/docs")]
    [InlineData("/tts/openapi.json")]
    public async Task The_base_path_may_stand_before_every_path(string path) => (await Status(servers.Prefixed, path)).ShouldBe(200);

    [Theory]
    [InlineData("/ttsx/health")]
    [InlineData("/TTS/health")]
    [InlineData("/x/tts/health")]
    public async Task Another_path_is_none(string path) => (await Status(servers.Prefixed, path)).ShouldBe(404);

    [Theory]
    [InlineData("/tts", "/tts/")]
    [InlineData("/tts?x=1", "/tts/?x=1")]
    [InlineData("/tts/voices/", "/tts/voices")]
    [InlineData("/voices/?a=b", "/tts/voices?a=b")]
    [InlineData("/tts/docs/", "/tts/docs")]
    [InlineData("/tts/voice_mappings/a%252Fb/", "/tts/voice_mappings/a%252Fb")]
    [InlineData("/%74ts/voices/", "/tts/voices")]
    public async Task A_redirect_begins_with_the_base_path(string path, string target) =>
        (await Location(servers.Prefixed, path)).ShouldBe(target);

    [Theory]
    [InlineData("/tts", "/voices/", "/tts/voices")]
    [InlineData("/a/, /b", "/v1/voices/", "/a/b/v1/voices")]
    [InlineData("//evil.example", "/voices/", "/voices")]
    [InlineData("/tts\" onload=", "/voices/", "/voices")]
    public async Task The_prefix_of_a_proxy_stands_before_a_redirect_if_it_is_one(string prefix, string path, string target)
    {
        var answer = await servers.Root.Client.Send("GET", path, ("X-Forwarded-Prefix", prefix));
        answer.Headers.Location!.OriginalString.ShouldBe(target);
    }

    [Fact]
    public async Task The_setting_wins_over_the_header() =>
        (await servers.Prefixed.Client.Send("GET", "/voices/", ("X-Forwarded-Prefix", "/other"))).Headers.Location!.OriginalString
            .ShouldBe("/tts/voices");

    [Fact]
    public async Task Links_in_answers_have_the_prefix()
    {
        (await servers.Prefixed.Client.GetStringAsync("/voices")).ShouldContain($"\"preview_url\":\"/tts/preview/{VoiceInPath}\"");
        (await servers.Root.Client.GetStringAsync("/voices")).ShouldContain($"\"preview_url\":\"/preview/{VoiceInPath}\"");
        var forwarded = await servers.Root.Client.Send("GET", "/voices", ("X-Forwarded-Prefix", "/x"));
        (await forwarded.Content.ReadAsStringAsync()).ShouldContain($"\"preview_url\":\"/x/preview/{VoiceInPath}\"");
    }

    [Fact]
    public async Task A_key_is_needed_under_the_prefix_too()
    {
        await using var server = await ScriptedServer.Start(new ServerOptions { BasePath = "/tts", ApiKey = "secret" });
        foreach (var path in (string[])["/tts/voices", "//voices", "//tts//jobs", "/tts/docs/../voices"])
            (await Status(server, path)).ShouldBe(401, path);
        foreach (var path in (string[])["/tts/health", "/tts/audio/voices", "/tts/v1/audio/models", "/tts/docs", "/tts/ui/main.js"])
            (await Status(server, path)).ShouldBe(200, path);
    }

    private static async Task<int> Status(ScriptedServer server, string path)
    {
        var answer = await RawHttp.Send(server.Server.Address, $"GET {path} HTTP/1.1");
        return int.Parse(answer.Split(' ')[1]);
    }

    private static async Task<string> Location(ScriptedServer server, string path)
    {
        var answer = await RawHttp.Send(server.Server.Address, $"GET {path} HTTP/1.1");
        answer.ShouldStartWith("HTTP/1.1 307");
        return answer.Split("\r\n").Single(line => line.StartsWith("Location: ", StringComparison.Ordinal))["Location: ".Length..];
    }

    /// <summary>A server at the root, and one with a base path.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        internal ScriptedServer Root { get; private set; } = null!;

        internal ScriptedServer Prefixed { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Root = await ScriptedServer.Start();
            Prefixed = await ScriptedServer.Start(new ServerOptions { BasePath = "/tts/" });
            foreach (var server in new[] { Root, Prefixed })
            {
                var body = System.Text.Json.JsonSerializer.Serialize(new { voice_id = Voice });
                await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", body);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Root.DisposeAsync();
            await Prefixed.DisposeAsync();
        }
    }
}
