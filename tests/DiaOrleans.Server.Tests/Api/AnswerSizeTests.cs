using System.Net;
using System.Text;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The size of an answer does not depend on its request; docs/api.md, Errors.</summary>
[Collection(nameof(ServerCollection))]
public sealed class AnswerSizeTests(ServerFixture fixture)
{
    /// <summary>A few items of 1 KB; JSON escapes a byte with up to six.</summary>
    private const int MaxAnswer = 32 << 10;

    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData('<')]
    [InlineData('\u0001')]
    [InlineData('語')]
    public async Task An_unknown_field_of_megabytes_is_not_echoed(char filling)
    {
        var escaped = filling < ' ' ? "\\u0001" : filling.ToString();
        var body = $$"""{"anything":"{{string.Concat(Enumerable.Repeat(escaped, (3 << 20) / Encoding.UTF8.GetByteCount(escaped)))}}"}""";
        var answer = await _client.PostJson("/v1/generate", body);
        ((int)answer.StatusCode).ShouldBe(422);
        (await answer.Json()).GetProperty("detail").EnumerateArray().Select(item => item.GetProperty("input").GetString())
            .ShouldBe(["…", "…"]);
    }

    [Theory]
    [InlineData("POST", "/v1/generate", "text")]
    [InlineData("POST", "/v1/generate", "voice_id")]
    [InlineData("POST", "/v1/generate", "role")]
    [InlineData("POST", "/v1/generate", "response_format")]
    [InlineData("POST", "/v1/generate", "speed")]
    [InlineData("POST", "/v1/generate", "max_tokens")]
    [InlineData("POST", "/v1/generate", "use_torch_compile")]
    [InlineData("POST", "/v1/audio/speech", "input")]
    [InlineData("POST", "/v1/audio/speech", "model")]
    [InlineData("POST", "/v1/audio/speech", "instructions")]
    [InlineData("POST", "/v1/audio/speech", "stream_format")]
    [InlineData("POST", "/v1/api/tts/generate", "voice_id")]
    [InlineData("POST", "/v1/voice_mappings", "voice_id")]
    [InlineData("POST", "/v1/voice_mappings", "style")]
    [InlineData("POST", "/v1/voice_mappings", "primary_speaker")]
    [InlineData("POST", "/v1/voice_mappings", "audio_prompt")]
    [InlineData("POST", "/v1/voice_mappings", "audio_prompt_transcript")]
    [InlineData("PUT", "/v1/voice_mappings/anna", "style")]
    [InlineData("PUT", "/v1/audio_prompts/x/transcript", "transcript")]
    [InlineData("PUT", "/v1/config", "whisper_model_size")]
    [InlineData("PUT", "/v1/config", "output_retention_hours")]
    public async Task A_field_of_megabytes_is_refused_in_a_short_answer(string method, string path, string field)
    {
        foreach (var value in (string[])[$"\"{new string('<', 1 << 20)}\"", $"[{new string(' ', 1 << 20)}]", new string('1', 1 << 20)])
        {
            var answer = await _client.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent($$"""{"{{field}}":{{value}}}""") });
            ((int)answer.StatusCode).ShouldBe(422);
            (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(MaxAnswer);
        }
    }

    [Theory]
    [InlineData("voice_id", 256)]
    [InlineData("style", 256)]
    [InlineData("primary_speaker", 256)]
    [InlineData("audio_prompt", 128)]
    [InlineData("audio_prompt_transcript", 65536)]
    public async Task A_voice_s_texts_have_limits(string field, int most)
    {
        var failure = (await (await _client.PostJson("/voice_mappings", $$"""{"{{field}}":"{{new string('a', most + 1)}}"}""")).Json())
            .GetProperty("detail").EnumerateArray()
            .Single(item => item.GetProperty("loc")[1].GetString() == field);
        (failure.GetProperty("type").GetString(), failure.GetProperty("ctx").GetRawText())
            .ShouldBe(("string_too_long", $$"""{"max_length":{{most}}}"""));
        await _client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"limits","{{field}}":"{{new string('a', most)}}"}""");
        (await _client.DeleteAsync($"/voice_mappings/{(field == "voice_id" ? new string('a', most) : "limits")}"))
            .EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("GET", "/v1/jobs/")]
    [InlineData("GET", "/v1/logs/")]
    [InlineData("GET", "/v1/models/")]
    [InlineData("DELETE", "/v1/voice_mappings/")]
    [InlineData("GET", "/v1/audio_prompts/metadata/")]
    [InlineData("DELETE", "/v1/audio_prompts/")]
    [InlineData("GET", "/v1/preview/")]
    [InlineData("GET", "/v1/jobs?status=")]
    public async Task A_long_name_in_a_path_or_query_is_echoed_in_part(string method, string path)
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path + new string('x', 7000)));
        ((int)answer.StatusCode).ShouldBeOneOf(404, 422);
        (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(3000);
    }

    [Fact]
    public async Task The_long_name_of_an_unknown_voice_is_echoed_in_part()
    {
        foreach (var length in (int[])[513, 4000, 5000, 70_000, 3 << 20])
        {
            var name = new string('x', length);
            await IsUnknown(await _client.PostJson("/generate", $$"""{"text":"Hi.","voice_id":"{{name}}"}"""));
            await IsUnknown(await _client.PostJson("/v1/audio/speech", $$"""{"input":"Hi.","voice":"{{name}}"}"""));
        }

        var job = await _client.PostJson("/generate?async_mode=true", $$"""{"text":"Hi.","voice_id":"{{new string('x', 3 << 20)}}"}""");
        var id = (await job.Json()).GetProperty("job_id").GetString();
        (await _client.GetStringAsync($"/jobs/{id}")).Length.ShouldBeLessThan(MaxAnswer);
    }

    private static async Task IsUnknown(HttpResponseMessage answer)
    {
        (answer.StatusCode, await answer.Detail())
            .ShouldBe((HttpStatusCode.NotFound, $"Voice '{new string('x', 512)}…' not found. Available voices: ['anna']"));
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_echoed_in_part()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate?async_mode=true")
        {
            Content = new StringContent("""{"text":"Hi.","voice_id":"anna"}"""),
        };
        request.Headers.Add("Idempotency-Key", new string('k', 20_000));
        (await (await _client.SendAsync(request)).OnlyFailure()).GetProperty("input").GetString().ShouldBe(new string('k', 1024) + "…");
    }

    [Fact]
    public async Task Of_many_voices_50_are_named()
    {
        await using var server = await RunningServer.Start();
        for (var i = 0; i < 53; i++) await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"v{{i}}"}""");
        var detail = await (await server.Client.PostJson("/generate", """{"text":"Hi.","voice_id":"x"}""")).Detail();
        detail.ShouldBe($"Voice 'x' not found. Available voices: [{string.Join(", ", Enumerable.Range(0, 50).Select(i => $"'v{i}'"))}, "
            + $"... and 3 more]");
    }
}
