using System.Net;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The legacy routes; docs/api.md, Older routes.</summary>
public sealed class LegacyTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Route = "/api/tts/generate";

    private readonly HttpClient _client = fixture.Server.Client;

    [Theory]
    [InlineData("")]
    [InlineData("/v1")]
    public async Task Speech_is_a_wav_whatever_else_is_requested(string prefix)
    {
        var answer = await _client.PostJson(
            prefix + Route,
            """{"text":"Where is my hat?","voice_id":"anna","response_format":"mp3","speed":2}""");
        (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()).ShouldBe((HttpStatusCode.OK, "audio/wav"));
        answer.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe("attachment; filename=speech.wav");
        ((await answer.Content.ReadAsByteArrayAsync()).Length / 2.0).ShouldBe(44100, 300);
    }

    [Theory]
    [InlineData("""{"voice_id":"anna"}""", "text", "missing")]
    [InlineData("""{"text":"Hi."}""", "voice_id", "missing")]
    [InlineData("""{"text":7,"voice_id":"anna"}""", "text", "string_type")]
    [InlineData("""{"text":"Hi.","voice_id":null}""", "voice_id", "string_type")]
    public async Task Both_fields_are_required(string body, string field, string type)
    {
        var failure = await (await _client.PostJson(Route, body)).OnlyFailure();
        (failure.GetProperty("loc")[1].GetString(), failure.GetProperty("type").GetString()).ShouldBe((field, type));
    }

    [Theory]
    [InlineData("""{"text":" * ","voice_id":"anna"}""", 400, "Text cannot be empty")]
    [InlineData("""{"text":"Hi.","voice_id":""}""", 404, "Voice '' not found. Available voices: ['anna']")]
    public async Task Its_rules_are_those_of_generate(string body, int status, string detail)
    {
        var answer = await _client.PostJson(Route, body);
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((status, detail));
    }

    [Theory]
    [InlineData("/api/tts/speakers")]
    [InlineData("/v1/api/tts/speakers")]
    public async Task Speakers_are_ids_in_a_bare_array(string path) => (await _client.GetStringAsync(path)).ShouldBe("""["anna"]""");
}
