using System.Net;
using System.Text.Json.Nodes;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Answers and log entries name the seed that was used, also where it was drawn; docs/api.md, Generation.1 and 6.4.</summary>
public sealed class SeedTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string OfGenerate = """{"text":"Where is my own hat?","voice_id":"anna"}""";
    private const string OfOpenAi = """{"input":"Where is my own hat?","voice":"anna"}""";

    private readonly ScriptedServer _server = fixture.Server;

    [Theory]
    [InlineData("/generate", OfGenerate, null)]
    [InlineData("/generate", OfGenerate, """{"seed":-1}""")]
    [InlineData("/generate", OfGenerate, """{"seed":null,"stream":true}""")]
    [InlineData("/api/tts/generate", OfGenerate, null)]
    [InlineData("/v1/audio/speech", OfOpenAi, null)]
    [InlineData("/audio/speech", OfOpenAi, """{"stream":true}""")]
    [InlineData("/audio/speech", OfOpenAi, """{"stream_format":"sse"}""")]
    public async Task A_drawn_seed_is_named_and_was_used(string path, string body, string? more)
    {
        var first = await Ask(path, body, more);
        var second = await Ask(path, body, more);
        first.Seed.ShouldNotBe(second.Seed);
        first.Seed.ShouldBeInRange(0, int.MaxValue);
        second.Call.ShouldNotBe(first.Call);
        if (path == "/api/tts/generate") return;
        var again = await Ask(path, body, $$"""{"seed":{{first.Seed}}}""");
        (again.Seed, again.Call).ShouldBe((first.Seed, first.Call));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(-2)]
    [InlineData(9007199254740993)]
    [InlineData(long.MinValue)]
    public async Task A_sent_seed_is_named_as_it_was_sent(long seed) =>
        (await Ask("/generate", OfGenerate, $$"""{"seed":{{seed}}}""")).Seed.ShouldBe(seed);

    [Fact]
    public async Task A_refused_request_names_none()
    {
        var answer = await _server.Client.PostJson("/generate", """{"text":"Hi.","voice_id":"nobody"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Headers.Contains("X-Seed").ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_can_read_it()
    {
        var answer = await _server.Client.Send("GET", "/health", ("Origin", "http://localhost:8000"));
        answer.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("X-Seed");
    }

    /// <summary>The seed of the answer and of its log entry, and that of the engine's call, which derives from it.</summary>
    private async Task<(long Seed, long Call)> Ask(string path, string body, string? more)
    {
        var fields = JsonNode.Parse(body)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more ?? "{}")!.AsObject()) fields[name] = value?.DeepClone();
        using var answer = await _server.Client.PostJson(path, fields.ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var seed = long.Parse(answer.Headers.GetValues("X-Seed").Single());
        (await _server.LastLog()).GetProperty("seed_used").GetInt64().ShouldBe(seed);
        return (seed, _server.Engine.LastCall.Seed);
    }
}
