using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The log entries of generations, their saved outputs, and the cleanup of both; docs/api.md, Log.</summary>
public sealed partial class GenerationLogTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>, IAsyncLifetime
{
    private readonly ScriptedServer _server = fixture.Server;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _server.Engine.Script = ScriptedEngine.Speak;
        await Configure("{}");
        (await Client.DeleteAsync("/logs")).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Only_finished_generations_have_an_entry()
    {
        (await _server.Generate(new { text = "By generate." })).EnsureSuccessStatusCode();
        (await Client.PostJson("/v1/audio/speech", """{"input":"By speech.","voice":"anna"}""")).EnsureSuccessStatusCode();
        (await Client.PostJson("/v1/audio/speech", """{"input":"By a stream.","voice":"anna","stream":true}""")).EnsureSuccessStatusCode();
        (await Client.PostJson("/api/tts/generate", """{"text":"By the old route.","voice_id":"anna"}""")).EnsureSuccessStatusCode();
        (await Client.GetAsync("/preview/anna")).EnsureSuccessStatusCode();
        await Job("By a job.");
        (await _server.Generate(new { text = "By nobody." }, "nobody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _server.Engine.Script = _ => throw new InvalidOperationException("A secret.");
        ((int)(await _server.Generate(new { text = "In vain, in vain." })).StatusCode).ShouldBe(500);
        var logs = await (await Client.GetAsync("/logs")).Json();
        var texts = logs.GetProperty("logs").EnumerateArray().Select(entry => entry.GetProperty("text").GetString()!).ToList();
        texts.Count.ShouldBe(6);
        texts[1].ShouldContain("anna");
        texts.RemoveAt(1);
        texts.ShouldBe(["By a job.", "By the old route.", "By a stream.", "By speech.", "By generate."]);
    }

    [Fact]
    public async Task An_entry_describes_its_generation()
    {
        (await _server.Generate(new { text = "Where is *my* hat?" })).EnsureSuccessStatusCode();
        var entry = await _server.LastLog();
        entry.EnumerateObject().Select(p => p.Name)
            .ShouldBe(
                [
                    "id", "timestamp", "text", "processed_text", "voice", "audio_prompt_used", "generation_time", "file_path", "file_size",
                    "seed_used",
                ]);
        (entry.GetProperty("text").GetString(), entry.GetProperty("processed_text").GetString(), entry.GetProperty("voice").GetString())
            .ShouldBe(("Where is *my* hat?", "[S1] Where is my hat? [S1]", "anna"));
        entry.GetProperty("timestamp").GetString()!.ShouldEndWith("Z");
        entry.GetProperty("generation_time").GetDouble().ShouldBeInRange(0, 60);
        (entry.GetProperty("file_path").ValueKind, entry.GetProperty("file_size").ValueKind)
            .ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        var download = await Client.GetAsync($"/logs/{entry.GetProperty("id").GetString()}/download");
        (download.StatusCode, await download.Detail()).ShouldBe((HttpStatusCode.NotFound, "Audio file not found or has been cleaned up"));
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    public async Task A_saved_output_is_a_wav_with_the_time_the_log_s_id_and_the_voice_in_its_name(string format)
    {
        await Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"../é b"}""");
        await Configure("""{"save_outputs":true}""");
        (await _server.Generate(new { text = "Where is my hat?", response_format = format }, "../é b")).EnsureSuccessStatusCode();
        (await Client.DeleteAsync("/voice_mappings/..%2F%C3%A9%20b")).EnsureSuccessStatusCode();
        var entry = await _server.LastLog();
        var (id, path) = (entry.GetProperty("id").GetString()!, entry.GetProperty("file_path").GetString()!);
        OutputName().IsMatch(path).ShouldBeTrue(path);
        OutputName().Match(path).Groups[1].Value.ShouldBe(id[..8]);
        var file = await File.ReadAllBytesAsync(Path.Combine(_server.Folder, path));
        entry.GetProperty("file_size").GetInt64().ShouldBe(file.Length);
        var download = await Client.GetAsync($"/v1/logs/{id}/download");
        download.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        download.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe($"attachment; filename={Path.GetFileName(path)}");
        (await download.Content.ReadAsByteArrayAsync()).ShouldBe(file);
        System.Text.Encoding.ASCII.GetString(file, 0, 4).ShouldBe("RIFF");
        (await Client.DeleteAsync($"/logs/{id}")).EnsureSuccessStatusCode();
        File.Exists(Path.Combine(_server.Folder, path)).ShouldBeFalse();
    }

    [Fact]
    public async Task Clearing_the_log_leaves_the_files()
    {
        await Configure("""{"save_outputs":true}""");
        (await _server.Generate(new { text = "Where is my hat?" })).EnsureSuccessStatusCode();
        var path = (await _server.LastLog()).GetProperty("file_path").GetString()!;
        (await (await Client.DeleteAsync("/v1/logs")).Content.ReadAsStringAsync())
            .ShouldBe("""{"message":"All generation logs cleared"}""");
        File.Exists(Path.Combine(_server.Folder, path)).ShouldBeTrue();
        (await Client.GetStringAsync("/logs")).ShouldBe("""{"logs":[],"total":0,"filtered":0}""");
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public async Task A_cleanup_removes_outputs_with_their_entries_when_they_are_too_old(int hours, bool stays)
    {
        await Configure("""{"save_outputs":true}""");
        (await _server.Generate(new { text = "Where is my hat?" })).EnsureSuccessStatusCode();
        var path = (await _server.LastLog()).GetProperty("file_path").GetString()!;
        await Configure($$"""{"output_retention_hours":{{hours}}}""");
        (await (await Client.PostAsync("/cleanup", null)).Content.ReadAsStringAsync()).ShouldBe("""{"message":"Cleanup completed"}""");
        File.Exists(Path.Combine(_server.Folder, path)).ShouldBe(stays);
        (await (await Client.GetAsync("/logs")).Json()).GetProperty("total").GetInt32().ShouldBe(stays ? 1 : 0);
    }

    [Fact]
    public async Task A_cleanup_leaves_jobs_that_have_just_ended()
    {
        var id = await Job("Where is my hat?");
        (await Client.PostAsync("/cleanup", null)).EnsureSuccessStatusCode();
        (await Client.GetAsync($"/jobs/{id}/result")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task Configure(string body) => Client.Accepted(HttpMethod.Put, "/config", body);

    private async Task<string> Job(string text)
    {
        var body = JsonSerializer.Serialize(new { text, voice_id = "anna" });
        var id = (await Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", body)).GetProperty("job_id").GetString()!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await (await Client.GetAsync($"/jobs/{id}", limit.Token)).Json()).GetProperty("status").GetString() != "completed")
            await Task.Delay(10, limit.Token);
        return id;
    }

    [GeneratedRegex(@"^audio_outputs/\d{8}_\d{6}_([0-9a-f]{8})_(_+b)\.wav$")]
    private static partial Regex OutputName();
}
