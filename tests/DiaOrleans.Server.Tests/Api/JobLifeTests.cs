using System.Net;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>
/// The states of a job, docs/api.md, Jobs, with an engine that waits for the test. <see cref="JobTests"/> uses the shipped model.
/// </summary>
public sealed class JobLifeTests(JobLifeTests.Fixture fixture) : IClassFixture<JobLifeTests.Fixture>, IAsyncLifetime
{
    private readonly ScriptedServer _server = fixture.Server;
    private readonly TaskCompletionSource _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        foreach (var status in (string[])["pending", "processing"])
        {
            foreach (var job in (await (await Client.GetAsync($"/jobs?status={status}")).Json()).GetProperty("jobs").EnumerateArray())
                await Client.DeleteAsync($"/jobs/{job.GetProperty("id").GetString()}");
        }

        (await Client.DeleteAsync("/jobs")).EnsureSuccessStatusCode();
        (await Client.DeleteAsync("/logs")).EnsureSuccessStatusCode();
        _server.Engine.Script = async run =>
        {
            run.Stop.Register(() => _stopped.TrySetResult());
            await Task.WhenAny(_hold.Task, _stopped.Task);
            await ScriptedEngine.Speak(run);
        };
    }

    public ValueTask DisposeAsync()
    {
        _hold.TrySetResult();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_job_is_pending_then_processing_then_completed()
    {
        var (first, second) = (await Submit(), await Submit());
        await Until(first, "processing");
        (await Job(second)).GetProperty("status").GetString().ShouldBe("pending");
        foreach (var (id, status) in new[] { (first, "processing"), (second, "pending") })
        {
            var early = await Client.GetAsync($"/v1/jobs/{id}/result");
            ((int)early.StatusCode, await early.Detail()).ShouldBe((425, $"Job not completed (status: {status})"));
            (await early.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
            var job = await Job(id);
            job.GetProperty("completed_at").ValueKind.ShouldBe(JsonValueKind.Null);
            (job.GetProperty("started_at").ValueKind == JsonValueKind.Null).ShouldBe(status == "pending");
            (job.GetProperty("file_path").ValueKind, job.GetProperty("generation_time").ValueKind)
                .ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        }

        _hold.SetResult();
        await Until(first, "completed");
        await Until(second, "completed");
        (await Client.GetAsync($"/jobs/{second}/result")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_running_job_is_stopped_by_its_cancellation_and_stays_cancelled()
    {
        var id = await Submit();
        await Until(id, "processing");
        var answer = await Client.DeleteAsync($"/v1/jobs/{id}");
        (answer.StatusCode, await answer.Content.ReadAsStringAsync())
            .ShouldBe((HttpStatusCode.OK, $$"""{"message":"Job '{{id}}' cancelled"}"""));
        await _stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Until(id, "cancelled");
        (await (await Client.GetAsync($"/jobs/{id}/result")).Detail()).ShouldBe("Job not completed (status: cancelled)");
        (await (await Client.DeleteAsync($"/jobs/{id}")).Detail()).ShouldBe("Cannot cancel job with status: cancelled");
        (await (await Client.GetAsync("/logs")).Json()).GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_waiting_job_that_was_cancelled_never_runs()
    {
        // One is in the slot, one waits in the engine, and the third is still in the queue.
        var first = await Submit();
        await Submit("Next in the engine.");
        var never = await Submit("Never to be said.");
        await Until(first, "processing");
        (await Client.DeleteAsync($"/jobs/{never}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _hold.SetResult();
        var last = await Submit("Said after it.");
        await Until(last, "completed");
        (await Job(never)).GetProperty("status").GetString().ShouldBe("cancelled");
        _server.Engine.Calls.Select(call => call.Text).ShouldNotContain(text => text.Contains("Never"));
    }

    [Theory]
    [InlineData("anna", "completed")]
    [InlineData("nobody", "failed")]
    public async Task A_finished_job_cannot_be_cancelled(string voice, string status)
    {
        _hold.SetResult();
        var id = await Submit(voice: voice);
        await Until(id, status);
        var answer = await Client.DeleteAsync($"/jobs/{id}");
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((400, $"Cannot cancel job with status: {status}"));
        (await Job(id)).GetProperty("status").GetString().ShouldBe(status);
    }

    [Fact]
    public async Task A_result_that_is_gone_is_not_found()
    {
        _hold.SetResult();
        var id = await Submit();
        await Until(id, "completed");
        File.Delete(Path.Combine(_server.Folder, (await Job(id)).GetProperty("file_path").GetString()!));
        var answer = await Client.GetAsync($"/jobs/{id}/result");
        (answer.StatusCode, await answer.Detail()).ShouldBe((HttpStatusCode.NotFound, "Job result not found or expired"));
        answer.Content.Headers.Contains("Content-Disposition").ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_of_the_engine_fails_the_job()
    {
        _server.Engine.Script = _ => throw new InvalidOperationException("A secret.");
        var id = await Submit();
        await Until(id, "failed");
        var reason = (await Job(id)).GetProperty("error_message").GetString()!;
        reason.ShouldNotContain("secret");
        var answer = await Client.GetAsync($"/jobs/{id}/result");
        ((int)answer.StatusCode, await answer.Detail()).ShouldBe((500, $"Job failed: {reason}"));
    }

    [Fact]
    public async Task Lists_filter_by_status_and_clearing_leaves_what_is_not_finished()
    {
        var failed = await Submit(voice: "nobody");
        await Until(failed, "failed");
        var processing = await Submit();
        await Until(processing, "processing");
        var (pending, cancelled) = (await Submit(), await Submit());
        (await Client.DeleteAsync($"/jobs/{cancelled}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (
            var (status, id) in new[] { ("failed", failed), ("processing", processing), ("pending", pending), ("cancelled", cancelled) })
        {
            var list = await (await Client.GetAsync($"/jobs?status={status}")).Json();
            list.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()).ShouldBe([id], status);
            (list.GetProperty("total").GetInt32(), list.GetProperty("filtered").GetInt32()).ShouldBe((4, 1));
        }

        (await (await Client.GetAsync("/jobs?status=completed")).Content.ReadAsStringAsync())
            .ShouldStartWith("""{"jobs":[],"total":4,"filtered":0,"counts":""");
        var second = await Submit();
        (await Ids("/jobs?order=queue")).ShouldBe([processing, pending, second, cancelled, failed]);
        (await Ids("/jobs?order=queue&offset=1&limit=2")).ShouldBe([pending, second]);
        (await Ids("/jobs?order=queue&status=pending")).ShouldBe([pending, second]);
        (await Client.DeleteAsync($"/jobs/{second}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await Client.DeleteAsync("/jobs")).Content.ReadAsStringAsync()).ShouldBe("""{"message":"Cleared 3 completed jobs"}""");
        (await (await Client.GetAsync("/jobs")).Json()).GetProperty("jobs").EnumerateArray()
            .Select(job => job.GetProperty("id").GetString())
            .ShouldBe([pending, processing]);
    }

    [Fact]
    public async Task A_list_has_50_jobs_by_default()
    {
        _hold.SetResult();
        var ids = new List<string>();
        for (var i = 0; i < 52; i++) ids.Add(await Submit(voice: "nobody"));
        foreach (var (query, count) in new[] { ("", 50), ("?limit=0", 0), ("?limit=51", 51), ("?limit=500", 52) })
        {
            var list = await (await Client.GetAsync($"/jobs{query}")).Json();
            (list.GetProperty("total").GetInt32(), list.GetProperty("filtered").GetInt32(), list.GetProperty("jobs").GetArrayLength())
                .ShouldBe((52, count, count), query);
            list.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString())
                .ShouldBe(Enumerable.Reverse(ids).Take(count));
        }
    }

    [Theory]
    [InlineData("wav", "audio/wav")]
    [InlineData("mp3", "audio/mpeg")]
    [InlineData("opus", "audio/ogg")]
    [InlineData("aac", "audio/aac")]
    [InlineData("flac", "audio/flac")]
    [InlineData("pcm", "audio/pcm")]
    public async Task A_result_has_its_format_its_length_its_name_and_the_bytes_of_a_synchronous_answer(string format, string type)
    {
        _hold.SetResult();
        var body = JsonSerializer.Serialize(
            new { text = "Where is my hat?", voice_id = "anna", seed = 5, response_format = format, speed = 1.5 });
        var id = (await Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", body)).GetProperty("job_id").GetString()!;
        await Until(id, "completed");
        var result = await Client.GetAsync($"/jobs/{id}/result");
        result.Content.Headers.ContentType!.ToString().ShouldBe(type);
        result.Content.Headers.GetValues("Content-Disposition").Single().ShouldBe($"attachment; filename=speech_{id[..8]}.{format}");
        result.Headers.TransferEncodingChunked.ShouldNotBe(true);
        var bytes = await result.Content.ReadAsByteArrayAsync();
        result.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        bytes.ShouldBe(await (await Client.PostJson("/generate", body)).Content.ReadAsByteArrayAsync());
    }

    private async Task<string> Submit(string text = "Where is my hat?", string voice = "anna") =>
        (await Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", JsonSerializer.Serialize(new { text, voice_id = voice })))
            .GetProperty("job_id").GetString()!;

    private async Task<string?[]> Ids(string path) =>
    [
        .. from job in (await (await Client.GetAsync(path)).Json()).GetProperty("jobs").EnumerateArray()
           select job.GetProperty("id").GetString(),
    ];

    private async Task<JsonElement> Job(string id) => await (await Client.GetAsync($"/jobs/{id}")).Json();

    private async Task Until(string id, string status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await Job(id)).GetProperty("status").GetString() != status) await Task.Delay(10, limit.Token);
    }

    /// <summary>A server whose engine has one slot; it has no jobs when a test begins.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal ScriptedServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Server = await ScriptedServer.Start(engine: new ScriptedEngine { Slot = new SemaphoreSlim(1) });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
