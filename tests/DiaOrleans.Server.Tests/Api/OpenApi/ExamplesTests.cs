using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DiaOrleans.Server.Api.OpenApi;

namespace DiaOrleans.Server.Tests.Api.OpenApi;

/// <summary>The examples of the answers in the document beside what a server sends.</summary>
public sealed partial class ExamplesTests : IAsyncDisposable
{
    private const string Prompt = "/audio_prompts/anna-prompt";
    private const string Speech = """{"text":"**Hello** there 👋","voice_id":"anna","speed":1,"seed":42,"response_format":"wav"}""";

    /// <summary>Fields whose values depend on time, chance, the machine or the engine.</summary>
    private static readonly HashSet<string> Varying =
    [
        "created_at", "started_at", "completed_at", "timestamp", "discovered_at", "generation_time", "file_path", "file_size", "hash",
        "original_sample_rate", "message of /whisper/status", "model_loaded of /whisper/status", "pending_jobs", "processing_jobs",
        "completed_jobs", "active_workers", "model", "precision", "slots", "active", "backlog_seconds",
    ];

    private readonly HashSet<string> _left =
        [.. Descriptions.All.Where(operation => operation.Answers[0].Json is not null).Select(one => $"{one.Method} {one.Path}")];

    private ScriptedServer _server = null!;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_answer_has_the_fields_the_types_and_the_values_of_its_example()
    {
        _server = await ScriptedServer.Start();
        _server.Recognizer.Text = "This is how I sound.";
        await ReadServer();
        await UsePrompts();
        await UseJobs();
        await Call("DELETE", "/voice_mappings/{voice_id}", "/voice_mappings/anna");
        await Call("DELETE", "/audio_prompts/{prompt_id}", Prompt);
        await Call("PUT", "/config", "/config", "{}");
        foreach (var path in (string[])["/config", "/whisper/status"]) await Call("GET", path);
        await Call("POST", "/whisper/load");
        await Call("POST", "/cleanup");
        _left.ShouldBeEmpty();
    }

    private async Task ReadServer()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!(await _server.Client.GetAsync("/health/ready", limit.Token)).IsSuccessStatusCode) await Task.Delay(20, limit.Token);
        foreach (var path in (string[])
            ["/", "/health", "/health/startup", "/health/ready", "/models", "/v1/models", "/v1/audio/models", "/v1/audio/voices",
             "/api/tts/speakers", "/gpu/status"])
            await Call("GET", path);
        await Call("GET", "/v1/models/{model_id}", "/v1/models/dia");
    }

    private async Task UsePrompts()
    {
        const string voice = """{"voice_id":"anna","primary_speaker":"S1","audio_prompt":"anna-prompt"}""";
        using var form = PromptServer.Form("anna-prompt", PromptServer.Tone(7.25));
        await Compare("POST", "/audio_prompts/upload", await _server.Client.PostAsync("/audio_prompts/upload", form));
        await _server.Client.Accepted(HttpMethod.Post, "/voice_mappings", voice);
        const string words = """{"transcript":"[S1] This is how I sound."}""";
        await Call("PUT", "/audio_prompts/{prompt_id}/transcript", $"{Prompt}/transcript", words);
        foreach (var path in (string[])["/audio_prompts", "/audio_prompts/metadata"]) await Call("GET", path);
        await Call("GET", "/audio_prompts/metadata/{prompt_id}", "/audio_prompts/metadata/anna-prompt");
        await Call("POST", "/audio_prompts/discover");
        await Call("POST", "/voice_mappings", "/voice_mappings", voice);
        foreach (var path in (string[])["/voices", "/voice_mappings"]) await Call("GET", path);
        await Call("PUT", "/voice_mappings/{voice_id}", "/voice_mappings/anna", """{"style":"calm"}""");
        await Call("POST", "/audio_prompts/{prompt_id}/transcribe", $"{Prompt}/transcribe");
    }

    private async Task UseJobs()
    {
        var job = (await Call("POST", "/generate", "/generate?async_mode=true", Speech)).GetProperty("job_id").GetString();
        using var events = await _server.Client.GetAsync($"/jobs/{job}/events");
        (await events.Content.ReadAsStringAsync()).ShouldContain("\"status\":\"completed\"");
        await Call("GET", "/jobs");
        await Call("GET", "/jobs/{job_id}", $"/jobs/{job}");
        await Call("GET", "/queue/stats");
        var entry = (await Call("GET", "/logs")).GetProperty("logs")[0].GetProperty("id").GetString();
        foreach (var method in (string[])["GET", "DELETE"]) await Call(method, "/logs/{log_id}", $"/logs/{entry}");
        await Call("DELETE", "/logs");
        _server.Engine.Script = run =>
        {
            var end = new TaskCompletionSource();
            run.Stop.Register(end.SetResult);
            return end.Task;
        };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var held = (await (await _server.Client.PostJson("/generate?async_mode=true", Speech)).Json()).GetProperty("job_id");
            await Call("DELETE", "/jobs/{job_id}", $"/jobs/{held.GetString()}");
        }

        await Call("DELETE", "/jobs");
    }

    private Task<JsonElement> Call(string method, string path) => Call(method, path, path);

    private async Task<JsonElement> Call(string method, string operation, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Compare(method, operation, await _server.Client.SendAsync(request));
    }

    private async Task<JsonElement> Compare(string method, string path, HttpResponseMessage answer)
    {
        using (answer)
        {
            ((int)answer.StatusCode).ShouldBe(200, $"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
            var described = Descriptions.Find(method, path)!.Answers[0];
            var sent = await answer.Json();
            Compare(JsonDocument.Parse(described.Json!).RootElement, sent, path);
            _left.Remove($"{method} {path}");
            return sent;
        }
    }

    private static void Compare(JsonElement example, JsonElement sent, string place, string name = "")
    {
        if (example.ValueKind == JsonValueKind.Null || sent.ValueKind == JsonValueKind.Null) return;
        switch (example.ValueKind)
        {
            case JsonValueKind.Object:
                sent.EnumerateObject().Select(field => field.Name).ShouldBe(example.EnumerateObject().Select(field => field.Name), place);
                foreach (var field in example.EnumerateObject())
                    Compare(field.Value, sent.GetProperty(field.Name), $"{place}, {field.Name}", field.Name);
                break;
            case JsonValueKind.Array when example.GetArrayLength() > 0:
                sent.GetArrayLength().ShouldBePositive(place);
                Compare(example[0], sent[0], place, name);
                break;
            default:
                Kind(sent).ShouldBe(Kind(example), place);
                if (Varying.Contains(name) || Varying.Contains($"{name} of {place.Split(',')[0]}")) break;
                Guids().Replace(sent.GetRawText(), "id").ShouldBe(Guids().Replace(example.GetRawText(), "id"), place);
                break;
        }
    }

    private static JsonValueKind Kind(JsonElement value) => value.ValueKind == JsonValueKind.False ? JsonValueKind.True : value.ValueKind;

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Guids();
}
