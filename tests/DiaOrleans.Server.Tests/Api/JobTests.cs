using System.Globalization;
using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Background jobs over HTTP, with the shipped model.</summary>
public sealed class JobTests(JobTests.Fixture fixture) : IClassFixture<JobTests.Fixture>
{
    private const string Script = "Where is my hat? You are wearing it.";

    private readonly HttpClient _client = fixture.Client;

    /// <summary>A server of its own, so that its lists have no jobs of other tests.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;

        public HttpClient Client => _server!.Client;

        public async ValueTask InitializeAsync()
        {
            _server = await RunningServer.Start();
            (await Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        }

        public ValueTask DisposeAsync() => _server!.DisposeAsync();
    }

    [Fact]
    public async Task A_submission_answers_200_with_the_job_and_the_result_has_the_bytes_of_a_synchronous_call()
    {
        var answer = await Submit(new { text = Script, voice_id = "anna", seed = 42, role = "user" });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var accepted = await answer.Json();
        accepted.EnumerateObject().Select(p => p.Name).ShouldBe(["job_id", "status", "message"]);
        (accepted.GetProperty("status").GetString(), accepted.GetProperty("message").GetString())
            .ShouldBe(("pending", "Job queued for processing"));
        var id = accepted.GetProperty("job_id").GetString()!;
        Guid.TryParseExact(id, "D", out _).ShouldBeTrue();
        var job = await Ended(id);
        job.GetProperty("status").GetString().ShouldBe("completed");
        var result = await _client.GetAsync($"/v1/jobs/{id}/result");
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        result.Content.Headers.ContentType!.ToString().ShouldBe("audio/wav");
        result.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe($"attachment; filename=speech_{id[..8]}.wav");
        result.Content.Headers.ContentLength.ShouldBe(job.GetProperty("file_size").GetInt64());
        var bytes = await result.Content.ReadAsByteArrayAsync();
        var synchronous = await _client.PostJson(
            "/generate",
            JsonSerializer.Serialize(new { text = Script, voice_id = "anna", seed = 42 }));
        bytes.ShouldBe(await synchronous.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_job_under_an_alias_shows_the_alias_and_uses_its_voice()
    {
        await using var server = await RunningServer.Start(new ServerOptions { VoiceAliases = "nova=anna" });
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var answer = await server.Client.PostJson(
            "/generate?async_mode=true",
            JsonSerializer.Serialize(new { text = Script, voice_id = "nova", seed = 42 }));
        var id = (await answer.Json()).GetProperty("job_id").GetString();
        JsonElement job;
        do
        {
            await Task.Delay(50);
            job = await (await server.Client.GetAsync($"/jobs/{id}")).Json();
        }
        while (job.GetProperty("completed_at").ValueKind == JsonValueKind.Null);

        job.GetProperty("status").GetString().ShouldBe("completed");
        job.GetProperty("voice_id").GetString().ShouldBe("nova");
    }

    [Fact]
    public async Task A_job_shows_all_keys_in_order_and_parameters_as_sent()
    {
        var id = await SubmitId(new { text = Script, voice_id = "anna" });
        var job = await Ended(id);
        job.EnumerateObject().Select(p => p.Name).Take(22).ShouldBe(
        [
            "id",
            "status",
            "created_at",
            "started_at",
            "completed_at",
            "text",
            "processed_text",
            "voice_id",
            "speed",
            "role",
            "temperature",
            "cfg_scale",
            "top_p",
            "max_tokens",
            "use_torch_compile", "seed", "audio_prompt_used", "generation_time", "file_path", "file_size", "error_message", "worker_id",
        ]);
        foreach (
            var name in (string[])["role", "temperature", "cfg_scale", "top_p", "max_tokens", "use_torch_compile", "seed", "error_message"])
            job.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);
        job.GetProperty("text").GetString().ShouldBe(Script);
        job.GetProperty("processed_text").GetString().ShouldBe($"[S1] {Script} [S1]");
        job.GetProperty("audio_prompt_used").GetBoolean().ShouldBeFalse();
        job.GetProperty("worker_id").GetString().ShouldBe("worker_1");
        job.GetProperty("file_path").GetString()!.ShouldStartWith($"job_results/{id}-");
        var (created, started, completed) = (Time(job, "created_at"), Time(job, "started_at"), Time(job, "completed_at"));
        started.ShouldBeGreaterThanOrEqualTo(created);
        job.GetProperty("generation_time").GetDouble().ShouldBe((completed - started).TotalSeconds, 0.001);
    }

    [Fact]
    public async Task Parameters_that_were_sent_are_shown_as_sent()
    {
        var id = await SubmitId(
            new
            {
                text = Script,
                voice_id = "anna",
                response_format = "PCM",
                seed = -1,
                speed = 1.5,
                temperature = 0.9,
                cfg_scale = 2,
                top_p = 0,
                max_tokens = 200,
                use_torch_compile = true,
                role = "x",
            });
        var job = await Ended(id);
        job.GetProperty("status").GetString().ShouldBe("completed", job.ToString());
        job.GetProperty("seed").GetInt64().ShouldBe(-1);
        (
            job.GetProperty("speed").GetDouble(),
            job.GetProperty("temperature").GetDouble(),
            job.GetProperty("cfg_scale").GetDouble(),
            job.GetProperty("top_p").GetDouble())
            .ShouldBe((1.5, 0.9, 2, 0));
        (job.GetProperty("max_tokens").GetInt32(), job.GetProperty("use_torch_compile").GetBoolean(), job.GetProperty("role").GetString())
            .ShouldBe((200, true, "x"));
        var result = await _client.GetAsync($"/jobs/{id}/result");
        result.Content.Headers.ContentType!.ToString().ShouldBe("audio/pcm");
        result.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe($"attachment; filename=speech_{id[..8]}.pcm");
    }

    [Fact]
    public async Task An_unknown_voice_fails_the_job_with_the_text_of_a_404()
    {
        var id = await SubmitId(new { text = "Hi.", voice_id = "no'body" });
        var job = await Ended(id);
        job.GetProperty("status").GetString().ShouldBe("failed");
        const string Reason = """Voice 'no'body' not found. Available voices: ['anna']""";
        job.GetProperty("error_message").GetString().ShouldBe(Reason);
        var result = await _client.GetAsync($"/jobs/{id}/result");
        ((int)result.StatusCode).ShouldBe(500);
        (await result.Detail()).ShouldBe($"Job failed: {Reason}");
    }

    [Theory]
    [InlineData("GET", "/jobs/nothing")]
    [InlineData("GET", "/v1/jobs/00000000-0000-4000-8000-000000000000")]
    [InlineData("GET", "/jobs/nothing/result")]
    [InlineData("DELETE", "/jobs/nothing")]
    public async Task An_unknown_job_is_404(string method, string path)
    {
        var answer = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Detail()).ShouldBe($"Job '{path.Replace("/v1", "").Split('/')[2]}' not found");
    }

    [Fact]
    public async Task A_waiting_job_can_be_cancelled_once_and_has_no_result()
    {
        // Busy enough for the third to wait.
        var text = string.Join(" ", Enumerable.Repeat("The lamp is still on.", 7));
        var busy = new[] { await SubmitId(new { text, voice_id = "anna" }), await SubmitId(new { text, voice_id = "anna" }) };
        var id = await SubmitId(new { text, voice_id = "anna" });
        var early = await _client.GetAsync($"/jobs/{id}/result");
        ((int)early.StatusCode).ShouldBe(425);
        (await early.Detail()).ShouldBe("Job not completed (status: pending)");
        var cancelled = await _client.DeleteAsync($"/jobs/{id}");
        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await cancelled.Json()).GetProperty("message").GetString().ShouldBe($"Job '{id}' cancelled");
        var again = await _client.DeleteAsync($"/jobs/{id}");
        ((int)again.StatusCode).ShouldBe(400);
        (await again.Detail()).ShouldBe("Cannot cancel job with status: cancelled");
        (await (await _client.GetAsync($"/jobs/{id}/result")).Detail()).ShouldBe("Job not completed (status: cancelled)");
        foreach (var job in busy) await _client.DeleteAsync($"/jobs/{job}");
    }

    [Theory]
    [InlineData("?limit=501", "less_than_equal", "Input should be less than or equal to 500")]
    [InlineData("?limit=-1", "greater_than_equal", "Input should be greater than or equal to 0")]
    [InlineData("?limit=many", "int_parsing", "Input should be a valid integer, unable to parse string as an integer")]
    [InlineData("?offset=-1", "greater_than_equal", "Input should be greater than or equal to 0")]
    [InlineData("?order=size", "enum", "Input should be 'newest' or 'queue'")]
    [InlineData("?status=done", "enum", "Input should be 'pending', 'processing', 'completed', 'failed' or 'cancelled'")]
    public async Task A_list_checks_its_query(string query, string type, string message)
    {
        var failure = await (await _client.GetAsync($"/jobs{query}")).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe(type);
        failure.GetProperty("msg").GetString().ShouldBe(message);
        failure.GetProperty("loc")[0].GetString().ShouldBe("query");
    }

    [Fact]
    public async Task The_same_key_is_the_same_job()
    {
        var (first, second) = (
            await Submit(new { text = Script, voice_id = "anna" }, "key-1"),
            await Submit(new { text = Script, voice_id = "anna" }, "key-1"));
        (await second.Json()).GetProperty("job_id").GetString().ShouldBe((await first.Json()).GetProperty("job_id").GetString());
        var other = await (await Submit(new { text = "Other.", voice_id = "anna" }, "key-1")).OnlyFailure();
        other.GetProperty("loc").EnumerateArray().Select(part => part.GetString()).ShouldBe(["header", "idempotency-key"]);
        (await (await Submit(new { text = Script, voice_id = "anna" }, new string('k', 256))).OnlyFailure()).GetProperty("type").GetString()
            .ShouldBe("string_too_long");
        (await Submit(new { text = Script, voice_id = "anna" }, new string('k', 255))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Lists_statistics_and_clearing_fit_together()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client;
        (await client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var ids = new List<string>();
        foreach (var voice in (string[])["anna", "nobody", "anna"])
        {
            var body = JsonSerializer.Serialize(new { text = "Hi there.", voice_id = voice });
            var answer = await client.PostJson("/generate?async_mode=true", body);
            ids.Add((await answer.Json()).GetProperty("job_id").GetString()!);
        }

        foreach (var id in ids) await Ended(client, id);
        var all = await (await client.GetAsync("/jobs?limit=2")).Json();
        all.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()).ShouldBe([ids[2], ids[1]]);
        (all.GetProperty("total").GetInt32(), all.GetProperty("filtered").GetInt32()).ShouldBe((3, 2));
        all.GetProperty("counts").GetRawText().ShouldBe("""{"pending":0,"processing":0,"completed":2,"failed":1,"cancelled":0}""");
        var rest = await (await client.GetAsync("/jobs?limit=2&offset=2")).Json();
        rest.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()).ShouldBe([ids[0]]);
        var failed = await (await client.GetAsync("/v1/jobs?status=failed")).Json();
        failed.GetProperty("jobs").EnumerateArray().Single().GetProperty("id").GetString().ShouldBe(ids[1]);
        var stats = await (await client.GetAsync("/queue/stats")).Json();
        stats.EnumerateObject().Select(p => p.Name)
            .ShouldBe(
                [
                    "pending_jobs",
                    "processing_jobs",
                    "completed_jobs",
                    "failed_jobs",
                    "total_workers",
                    "active_workers",
                    "memory_pressure",
                    "workers",
                ]);
        (
            stats.GetProperty("pending_jobs").GetInt32(),
            stats.GetProperty("completed_jobs").GetInt32(),
            stats.GetProperty("failed_jobs").GetInt32(),
            stats.GetProperty("total_workers").GetInt32())
            .ShouldBe((0, 2, 1, 1));
        (await (await client.DeleteAsync("/jobs")).Json()).GetProperty("message").GetString().ShouldBe("Cleared 3 completed jobs");
        (await (await client.GetAsync("/jobs")).Json()).GetProperty("total").GetInt32().ShouldBe(0);
        (await client.GetAsync($"/jobs/{ids[0]}/result")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Jobs_over_the_bound_are_refused_with_retry_after()
    {
        await using var server = await RunningServer.Start(new ServerOptions { MaxPendingJobs = 2, Slots = 1 });
        var text = string.Join(" ", Enumerable.Repeat("The lamp is still on.", 90));
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 6; i++)
            answers.Add(
                await server.Client.PostJson("/v1/generate?async_mode=1", JsonSerializer.Serialize(new { text, voice_id = "anna" })));
        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        (await refused.Detail()).ShouldBe("Server is busy, try again later");
    }

    private Task<HttpResponseMessage> Submit(object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/generate?async_mode=true")
        {
            Content = new StringContent(JsonSerializer.Serialize(body)),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return _client.SendAsync(request);
    }

    private async Task<string> SubmitId(object body)
    {
        var answer = await Submit(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Json()).GetProperty("job_id").GetString()!;
    }

    private Task<JsonElement> Ended(string id) => Ended(_client, id);

    private static async Task<JsonElement> Ended(HttpClient client, string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var job = await (await client.GetAsync($"/jobs/{id}", limit.Token)).Json();
            if (job.GetProperty("completed_at").ValueKind != JsonValueKind.Null) return job;
            await Task.Delay(20, limit.Token);
        }
    }

    private static DateTimeOffset Time(JsonElement job, string name)
    {
        var text = job.GetProperty(name).GetString()!;
        text.ShouldEndWith("Z");
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }
}
