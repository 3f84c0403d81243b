using System.Net;
using System.Text;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>The requests of Open WebUI to a server with a key; docs/api.md, Clients.</summary>
public sealed class OpenWebUiTests(OpenWebUiTests.Fixture fixture) : IClassFixture<OpenWebUiTests.Fixture>
{
    private readonly HttpClient _client = fixture.Server.Client;

    [Theory]
    [InlineData("/v1/audio/voices", """{"voices":[{"id":"anna","name":"anna"}]}""")]
    [InlineData(
        "/v1/audio/models",
        """{"models":[{"id":"dia","response_formats":["wav","mp3","opus","aac","flac","pcm"],"max_input_characters":4096}]}""")]
    public async Task Listings_are_read_without_a_key(string path, string listing) =>
        (await _client.GetStringAsync(path)).ShouldBe(listing);

    [Theory]
    [InlineData("""{"input":"Where is my hat?","voice":"anna","model":"tts-1"}""")]
    [InlineData("""{"input":"Where is my hat?","voice":"anna","model":"dia","speed":1.2,"seed":7,"anything":{"else":[]}}""")]
    public async Task Speech_needs_the_key_and_no_format(string body)
    {
        var answer = await Speak(body, "secret");
        (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()).ShouldBe((HttpStatusCode.OK, "audio/wav"));
        var refused = await Speak(body, "wrong");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.Json()).GetProperty("error").GetProperty("message").GetString().ShouldBe("Invalid or missing API key");
    }

    [Fact]
    public async Task An_error_has_its_sentence_in_error_and_its_message()
    {
        var answer = await Speak("""{"input":"Where is my hat?","voice":"nobody","model":"tts-1"}""", "secret");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Json()).GetProperty("error").GetProperty("message").GetString()
            .ShouldBe("Voice 'nobody' not found. Available voices: ['anna']");
    }

    [Theory]
    [InlineData("localhost:7860")]
    [InlineData("127.0.0.1:7860")]
    [InlineData("host.docker.internal:7860")]
    [InlineData("dia:7860")]
    public async Task Without_a_key_requests_by_any_local_name_are_accepted(string host)
    {
        await using var open = await ScriptedServer.Start();
        foreach (var path in (string[])["/v1/audio/voices", "/v1/audio/models", "/v1/audio/speech"])
        {
            using var request = new HttpRequestMessage(
                path.EndsWith("speech", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get,
                path);
            request.Headers.Host = host;
            if (request.Method == HttpMethod.Post)
                request.Content = new StringContent(
                    """{"input":"Where is my hat?","voice":"anna","model":"tts-1"}""",
                    Encoding.UTF8,
                    "application/json");
            (await open.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    private async Task<HttpResponseMessage> Speak(string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Authorization", $"Bearer {key}");
        return await _client.SendAsync(request);
    }

    /// <summary>A server with a key.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal ScriptedServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await ScriptedServer.Start(new ServerOptions { ApiKey = "secret" });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
