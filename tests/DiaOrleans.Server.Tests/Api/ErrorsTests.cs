using System.Net;
using System.Text.Json;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Errors; docs/api.md, Errors. The shapes of a 422 are in <see cref="ValidationTests"/>.</summary>
public sealed class ErrorsTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>, IAsyncLifetime
{
    private readonly ScriptedServer _server = fixture.Server;

    private HttpClient Client => _server.Client;

    public ValueTask InitializeAsync()
    {
        _server.Engine.Refusal = null;
        _server.Engine.Script = ScriptedEngine.Speak;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("POST", "/generate", """{"text":" ","voice_id":"anna"}""", 400, "Text cannot be empty", null)]
    [InlineData("POST", "/audio/speech", """{"voice":"anna"}""", 400, "Input text is required", null)]
    [InlineData("POST", "/audio/speech", """{"input":"Hi."}""", 400, "Voice identifier is required (no default voices available)", null)]
    [InlineData("POST", "/voice_mappings", """{"voice_id":" "}""", 400, "voice_id is required", null)]
    [InlineData("GET", "/nowhere", "", 404, "Not Found", null)]
    [InlineData("PUT", "/voice_mappings/x", "{}", 404, "Voice 'x' not found", "voice_not_found")]
    [InlineData("DELETE", "/voice_mappings/x", "", 404, "Voice 'x' not found", "voice_not_found")]
    [InlineData("GET", "/preview/x", "", 404, "Voice not found", "voice_not_found")]
    [InlineData(
        "POST",
        "/generate",
        """{"text":"Hi.","voice_id":"x"}""",
        404,
        "Voice 'x' not found. Available voices: ['anna']",
        "voice_not_found")]
    [InlineData(
        "POST",
        "/audio/speech",
        """{"input":"Hi.","voice":"x"}""",
        404,
        "Voice 'x' not found. Available voices: ['anna']",
        "voice_not_found")]
    [InlineData("GET", "/models/x", "", 404, "Model 'x' not found", "model_not_found")]
    [InlineData("GET", "/jobs/x", "", 404, "Job 'x' not found", null)]
    [InlineData("GET", "/logs/x", "", 404, "Log 'x' not found", null)]
    [InlineData("GET", "/audio_prompts/metadata/x", "", 404, "Audio prompt 'x' not found", null)]
    [InlineData("PATCH", "/voices", "", 405, "Method Not Allowed", null)]
    public async Task A_client_error_has_its_status_and_sentence_and_openais_shape_under_v1(
        string method,
        string path,
        string body,
        int status,
        string detail,
        string? code)
    {
        var answer = await Send(method, $"/v1{path}", body);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        JsonSerializer.Serialize(await answer.Json())
            .ShouldBe(
                JsonSerializer.Serialize(
                    new { detail, error = new { message = detail, type = "invalid_request_error", param = (string?)null, code } }));
    }

    [Theory]
    [InlineData(EngineRefusal.Busy, 429, "Server is busy, try again later", "rate_limit_error")]
    [InlineData(EngineRefusal.Draining, 503, "Worker pool not available", "server_error")]
    public async Task A_server_that_cannot_generate_now_sends_retry_after(EngineRefusal refusal, int status, string detail, string type)
    {
        _server.Engine.Refusal = new EngineAdmission(null, refusal, "A sentence.", TimeSpan.FromSeconds(6.2));
        foreach (var path in (string[])["/generate", "/v1/generate", "/v1/audio/speech"])
        {
            var answer = await Client.PostJson(path, """{"text":"Hi.","input":"Hi.","voice_id":"anna","voice":"anna"}""");
            ((int)answer.StatusCode, await answer.Detail()).ShouldBe((status, detail));
            int.Parse(answer.Headers.GetValues("Retry-After").Single()).ShouldBeGreaterThan(0);
            if (refusal == EngineRefusal.Busy) answer.Headers.GetValues("Retry-After").Single().ShouldBe("7");
            if (path != "/generate") (await answer.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe(type);
        }
    }

    [Theory]
    [InlineData("/generate")]
    [InlineData("/v1/audio/speech")]
    [InlineData("/api/tts/generate")]
    public async Task A_failed_generation_is_a_500_with_its_reason(string path)
    {
        _server.Engine.Script = _ => throw new InvalidOperationException("A secret of the machine.");
        var answer = await Client.PostJson(
            path,
            """{"text":"Where is my hat?","input":"Where is my hat?","voice_id":"anna","voice":"anna"}""");
        ((int)answer.StatusCode).ShouldBe(500);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await answer.Detail()).ShouldStartWith("Audio generation failed: ");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        answer.Content.Headers.Contains("Content-Disposition").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/broken", """{"detail":"Internal Server Error"}""")]
    [InlineData(
        "/v1/broken",
        """{"detail":"Internal Server Error","error":{"message":"Internal Server Error","type":"server_error","param":null"""
        + ""","code":null}}""")]
    public async Task An_unexpected_failure_is_json_without_details(string path, string body)
    {
        await using var server = await RunningServer.Start();
        server.App.MapGet(path, IResult () => throw new InvalidOperationException("A secret."));
        var answer = await server.Client.GetAsync(path);
        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).ShouldBe((500, body));
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
    }

    [Fact]
    public async Task A_generation_waits_for_a_model_that_is_being_loaded()
    {
        var loaded = new TaskCompletionSource();
        await using var server = await ScriptedServer.Start(engine: new ScriptedEngine { Loaded = loaded.Task });
        var speaking = server.Generate(new { text = "Where is my hat?" });
        (await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean().ShouldBeFalse();
        speaking.IsCompleted.ShouldBeFalse();
        loaded.SetResult();
        (await speaking).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await server.Client.GetAsync("/whisper/status")).Json()).GetProperty("available").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task More_than_64_waiting_requests_are_refused()
    {
        await using var server = await RunningServer.Start();
        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        while (!(await (await server.Client.GetAsync("/health")).Json()).GetProperty("model_loaded").GetBoolean()) await Task.Delay(20);
        using var enough = new CancellationTokenSource();
        // Long, so that few are finished before all have come.
        var text = string.Concat(Enumerable.Repeat("The lamp is still on, and the door is open, but nobody is there. ", 20));
        var body = JsonSerializer.Serialize(new { text, voice_id = "anna" });
        var answers = Enumerable.Range(0, 100)
            .Select(_ => server.Client.PostAsync("/generate", new StringContent(body), enough.Token)).ToList();
        var (finished, busy) = (0, false);
        while (answers.Count > 0 && !busy)
        {
            var answer = await Task.WhenAny(answers);
            answers.Remove(answer);
            busy = (await answer).StatusCode == HttpStatusCode.TooManyRequests;
            if (!busy) finished++;
        }

        await enough.CancelAsync();
        busy.ShouldBeTrue();
        finished.ShouldBeLessThan(6);
    }

    [Theory]
    [InlineData("/generate", """{"text":"","voice_id":"x","speed":9}""", 422)]
    [InlineData("/generate?async_mode=true", """{"text":"","voice_id":"x","speed":9}""", 422)]
    [InlineData("/generate?async_mode=true", """{"text":"","voice_id":"x"}""", 400)]
    [InlineData("/generate?async_mode=true", """{"text":"Hi.","voice_id":"x"}""", 200)]
    [InlineData("/generate", """{"text":"","voice_id":"x"}""", 400)]
    [InlineData("/generate", """{"text":"Hi.","voice_id":"x"}""", 404)]
    [InlineData("/generate", """{"text":"Hi.","voice_id":"anna"}""", 429)]
    [InlineData("/v1/audio/speech", """{"speed":9}""", 422)]
    [InlineData("/v1/audio/speech", """{"voice":"x"}""", 400)]
    [InlineData("/v1/audio/speech", """{"input":"Hi."}""", 400)]
    [InlineData("/v1/audio/speech", """{"input":"Hi.","voice":"x"}""", 404)]
    [InlineData("/v1/audio/speech", """{"input":"Hi.","voice":"anna"}""", 429)]
    [InlineData("/api/tts/generate", """{"text":""}""", 422)]
    [InlineData("/api/tts/generate", """{"text":"","voice_id":"x"}""", 400)]
    [InlineData("/api/tts/generate", """{"text":"Hi.","voice_id":"x"}""", 404)]
    public async Task Generation_is_checked_in_this_order(string path, string body, int status)
    {
        _server.Engine.Refusal = new EngineAdmission(null, EngineRefusal.Busy, "Full.", TimeSpan.FromSeconds(1));
        ((int)(await Client.PostJson(path, body)).StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("PUT", "/voice_mappings/x", """{"style":1}""", 422)]
    [InlineData("PUT", "/voice_mappings/x", "{", 422)]
    [InlineData("PUT", "/voice_mappings/x", "{}", 404)]
    [InlineData("PUT", "/audio_prompts/x/transcript", "{}", 422)]
    [InlineData("PUT", "/audio_prompts/x/transcript", """{"transcript":"Words."}""", 404)]
    [InlineData("POST", "/voice_mappings", """{"voice_id":"","style":1}""", 422)]
    [InlineData("POST", "/voice_mappings", """{"voice_id":""}""", 400)]
    public async Task Elsewhere_422_comes_before_404_and_400(string method, string path, string body, int status) =>
        ((int)(await Send(method, path, body)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task An_unknown_voice_lists_all_as_python_does_in_the_order_of_their_creation()
    {
        await using var server = await RunningServer.Start();
        await Lists(server.Client, "[]");
        foreach (var id in (string[])["zoë", "anna", "it's", "say \"x\"", "it's \"x\"", "a\\b"])
            await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", JsonSerializer.Serialize(new { voice_id = id }));
        await Lists(server.Client, """['zoë', 'anna', "it's", 'say "x"', 'it\'s "x"', 'a\\b']""");
    }

    [Theory]
    [InlineData("GET", "/jobs/%ff", "")]
    [InlineData("GET", "/logs/%F0%9F", "")]
    [InlineData("DELETE", "/voice_mappings/%00", "")]
    [InlineData("GET", "/preview/%ED%A0%80", "")]
    [InlineData("GET", "/jobs?limit=99999999999999999999", "")]
    [InlineData("GET", "/jobs?limit=1e3", "")]
    [InlineData("GET", "/logs?limit=1.5", "")]
    [InlineData("GET", "/logs?limit=", "")]
    [InlineData("GET", "/jobs?status=", "")]
    [InlineData("POST", "/generate", """{"text":"\u0000","voice_id":"anna"}""")]
    [InlineData("POST", "/generate", """{"text":"Hi.","voice_id":"\u0000"}""")]
    [InlineData("POST", "/generate", """{"text":"Hi.","voice_id":"anna","seed":1e400}""")]
    [InlineData("POST", "/voice_mappings", """{"voice_id":"a\ud800"}""")]
    [InlineData("PUT", "/config", """{"output_retention_hours":1e30}""")]
    [InlineData("POST", "/audio_prompts/upload", "{}")]
    [InlineData("POST", "/audio_prompts/%2e%2e/transcribe", "")]
    public async Task A_client_error_is_a_4xx_that_is_not_retried(string method, string path, string body)
    {
        var status = (int)(await Send(method, path, body)).StatusCode;
        status.ShouldBeInRange(400, 499);
        status.ShouldNotBeOneOf(408, 409, 429);
    }

    private static async Task Lists(HttpClient client, string voices)
    {
        var answer = await client.PostJson("/generate", """{"text":"Hi.","voice_id":"x"}""");
        (answer.StatusCode, await answer.Detail()).ShouldBe((HttpStatusCode.NotFound, $"Voice 'x' not found. Available voices: {voices}"));
    }

    private async Task<HttpResponseMessage> Send(string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body);
        return await Client.SendAsync(request);
    }
}
