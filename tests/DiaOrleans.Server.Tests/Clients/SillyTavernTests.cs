using System.Net;
using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>The exact bodies that SillyTavern's providers send; docs/api.md, Clients.</summary>
public sealed class SillyTavernTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Browser = "http://127.0.0.1:8000";

    private readonly ScriptedServer _server = fixture.Server;

    private HttpClient Client => _server.Client;

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer sk-anything")]
    public async Task The_openai_compatible_provider_gets_a_real_mp3(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = new StringContent(
                """{"input":"Where is my hat?","response_format":"mp3","voice":"anna","speed":1,"model":"tts-1"}""",
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        var answer = await Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("audio/mpeg");
        var mp3 = await answer.Content.ReadAsByteArrayAsync();
        (mp3[0], mp3[1] & 0xE6).ShouldBe(((byte)0xFF, 0xE2), "An MPEG audio frame of layer III.");
    }

    [Fact]
    public async Task The_openai_compatible_provider_gets_the_sentence_of_an_error()
    {
        var answer = await Client.PostJson(
            "/v1/audio/speech",
            """{"input":"Where is my hat?","response_format":"mp3","voice":"alloy","speed":1,"model":"tts-1"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail())
            .ShouldStartWith("Voice 'alloy' not found. Available voices: ['anna']. 'alloy' is a name that OpenAI's clients have");
    }

    [Fact]
    public async Task The_dia_provider_creates_a_voice_from_a_recording_and_speaks_with_it_from_the_browser()
    {
        await FromBrowser(HttpMethod.Get, "/health");
        await FromBrowser(
            HttpMethod.Post,
            "/v1/audio_prompts/upload",
            PromptServer.Form("seraphina", PromptServer.Tone(3), "seraphina.wav"));
        await FromBrowser(HttpMethod.Post, "/v1/voice_mappings", Json(
            """{"voice_id":"seraphina","style":"neutral","primary_speaker":"S2","audio_prompt":"seraphina"""
            + "\",\"audio_prompt_transcript\":null}"));
        (await (await FromBrowser(HttpMethod.Get, "/v1/voice_mappings")).Json()).GetProperty("seraphina").GetProperty("audio_prompt")
            .GetString()
            .ShouldBe("seraphina");
        var speech = await FromBrowser(
            HttpMethod.Post,
            "/v1/audio/speech",
            Json("""{"model":"dia","input":"[S2] Where is my hat?","voice":"seraphina","response_format":"wav","speed":1.0}"""));
        speech.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        _server.Engine.LastCall.Text.ShouldBe("[S2] Where is my hat? [S2]");
        _server.Engine.LastCall.Prompt.ShouldNotBeNull();
        await FromBrowser(HttpMethod.Delete, "/v1/voice_mappings/seraphina");
        (await (await FromBrowser(HttpMethod.Get, "/v1/voice_mappings")).Json()).TryGetProperty("seraphina", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1:7860", "http://127.0.0.1:8000")]
    [InlineData("localhost:7860", "http://127.0.0.1:8000")]
    [InlineData("192.168.1.5:7860", "http://192.168.1.5:8000")]
    [InlineData("media-pc.local:7860", "http://media-pc.local:8000")]
    [InlineData("media-pc:7860", "https://media-pc")]
    public async Task The_dia_provider_needs_no_setting_on_the_server_s_machine_or_host(string host, string page)
    {
        foreach (var method in (string[])["OPTIONS", "POST"])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/audio/speech");
            request.Headers.Host = host;
            request.Headers.Add("Origin", page);
            if (method == "OPTIONS") request.Headers.Add("Access-Control-Request-Method", "POST");
            else request.Content = Json(
                """{"model":"dia","input":"[S2] Where is my hat?","voice":"anna","response_format":"wav","speed":1.0}""");
            var answer = await Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(page);
        }
    }

    [Theory]
    [InlineData("alloy")]
    [InlineData("echo")]
    [InlineData("fable")]
    [InlineData("nova")]
    [InlineData("onyx")]
    [InlineData("shimmer")]
    public async Task The_dia_provider_s_built_in_names_are_unknown_until_they_are_configured(string name)
    {
        var body = $$"""{"model":"dia","input":"[S2] Where is my hat?","voice":"{{name}}","response_format":"wav","speed":1.0}""";
        (await Client.PostJson("/v1/audio/speech", body)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using var server = await ScriptedServer.Start(new ServerOptions { VoiceAliases = $"{name}=anna" });
        (await server.Client.PostJson("/v1/audio/speech", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.LastLog()).GetProperty("voice").GetString().ShouldBe("anna");
    }

    [Theory]
    [InlineData("/tts")]
    [InlineData("/tts-stream")]
    public async Task Routes_of_the_chatterbox_provider_are_not_offered(string path) =>
        (await Client.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>Sends a request as a page of another origin does: after a preflight, unless it is a plain GET.</summary>
    private async Task<HttpResponseMessage> FromBrowser(HttpMethod method, string path, HttpContent? content = null)
    {
        var preflight = await Client.Send(
            "OPTIONS",
            path,
            ("Origin", Browser),
            ("Access-Control-Request-Method", method.Method),
            ("Access-Control-Request-Headers", "content-type"));
        preflight.StatusCode.ShouldBe(HttpStatusCode.OK);
        preflight.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain(method.Method);
        preflight.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("content-type");
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Origin", Browser);
        var answer = await Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe(Browser);
        return answer;
    }
}
