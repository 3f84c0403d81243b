using System.Text.Json;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>
/// Kills the server process with SIGKILL at random times, many times with the same data. DIA_KILL_ROUNDS is the number of rounds (10 by
/// default); DIA_KILL_SEED repeats the times of an earlier run.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int JobsPerRound = 3;
    private const int LongestLifeMs = 1500;

    private static readonly string[] Texts =
    [
        "Where is my hat? You are wearing it.",
        string.Join(' ', Enumerable.Repeat("The lamp is still on.", 5)),
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("dia-kill-test-").FullName;
    private readonly List<Submission> _submissions = [];

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Every_accepted_job_completes_exactly_once_when_the_server_is_killed_many_times()
    {
        var rounds = Setting("DIA_KILL_ROUNDS") ?? 10;
        var seed = Setting("DIA_KILL_SEED") ?? Random.Shared.Next(1_000_000);
        output.WriteLine($"{rounds} rounds, DIA_KILL_SEED={seed}");
        var random = new Random(seed);
        using (var server = await ServerProcess.Start(_data))
        {
            (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        }

        for (var round = 0; round < rounds; round++)
        {
            if (random.Next(4) == 0) await KillWhileStarting(random);
            await KillWhileServing(random);
        }

        using (var server = await ServerProcess.Start(_data)) await CheckAll(server.Client, seed);
        var interrupted = _submissions.Count(s => s.Interrupted);
        var completed = _submissions.Count(s => s.Audio is not null);
        output.WriteLine($"{_submissions.Count} jobs, {interrupted} submissions without an answer at first, {completed} completed");
    }

    private async Task KillWhileStarting(Random random)
    {
        using var process = ServerProcess.Launch(_data);
        await Task.Delay(random.Next(LongestLifeMs));
        process.Kill();
        await process.WaitForExitAsync();
    }

    private async Task KillWhileServing(Random random)
    {
        using var server = await ServerProcess.Start(_data);
        for (var i = 0; i < JobsPerRound; i++) _submissions.Add(NewSubmission(random));
        var life = Task.Delay(random.Next(LongestLifeMs));
        // The last one is sent at the moment of the kill.
        var early = _submissions.Where(s => s.Id is null).SkipLast(1).Select(s => Submit(server.Client, s)).ToArray();
        var watching = Watch(server.Client, life);
        await life;
        var late = Submit(server.Client, _submissions[^1]);
        server.Process.Kill();
        await server.Process.WaitForExitAsync();
        await Task.WhenAll([.. early, late, watching]);
    }

    private Submission NewSubmission(Random random)
    {
        var text = Texts[random.Next(Texts.Length)];
        var seed = random.Next(3);
        return new Submission($"key-{_submissions.Count}", text, seed == 0 ? null : seed);
    }

    /// <summary>
    /// Submits a job with its key. If the server is killed before it answers, the same key is sent again to the next server.
    /// </summary>
    private static async Task Submit(HttpClient client, Submission submission)
    {
        try
        {
            var body = JsonSerializer.Serialize(new { text = submission.Text, voice_id = "anna", seed = submission.Seed });
            var request = new HttpRequestMessage(HttpMethod.Post, "/generate?async_mode=true") { Content = new StringContent(body) };
            request.Headers.Add("Idempotency-Key", submission.Key);
            using var answer = await client.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
            var id = (await answer.Json()).GetProperty("job_id").GetString();
            (submission.Id ?? id).ShouldBe(id);
            submission.Id = id;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            submission.Interrupted = true;
        }
    }

    /// <summary>Reads results as soon as their jobs are completed: a result that was read once must never change.</summary>
    private async Task Watch(HttpClient client, Task life)
    {
        try
        {
            while (!life.IsCompleted)
            {
                foreach (var submission in _submissions.Where(s => s is { Id: not null, Audio: null }).ToArray())
                {
                    var job = await Job(client, submission.Id!);
                    if (job.GetProperty("status").GetString() == "completed") submission.Audio = await Result(client, submission.Id!);
                }

                await Task.Delay(50);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed.
        }
    }

    private async Task CheckAll(HttpClient client, int seed)
    {
        foreach (var submission in _submissions) await Submit(client, submission);
        _submissions.ShouldAllBe(s => s.Id != null);
        foreach (var submission in _submissions)
        {
            var job = await Ended(client, submission.Id!);
            job.GetProperty("status").GetString().ShouldBe("completed", $"DIA_KILL_SEED={seed}: {job}");
            var audio = await Result(client, submission.Id!);
            audio.LongLength.ShouldBe(job.GetProperty("file_size").GetInt64());
            audio.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
            (submission.Audio ?? audio).ShouldBe(audio, $"DIA_KILL_SEED={seed}: the result of {submission.Id} changed");
            submission.Audio = audio;
        }

        foreach (var group in _submissions.Where(s => s.Seed is not null).GroupBy(s => (s.Text, s.Seed)))
            group.ShouldAllBe(s => s.Audio!.SequenceEqual(group.First().Audio!));
        var all = await (await client.GetAsync("/jobs?limit=500")).Json();
        all.GetProperty("total").GetInt32().ShouldBe(_submissions.Count, $"DIA_KILL_SEED={seed}: one job for each key");
        _submissions.Select(s => s.Id).ShouldBeUnique();
        var stats = await (await client.GetAsync("/queue/stats")).Json();
        stats.GetProperty("pending_jobs").GetInt32().ShouldBe(0);
        stats.GetProperty("processing_jobs").GetInt32().ShouldBe(0);
    }

    private static async Task<JsonElement> Ended(HttpClient client, string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var job = await Job(client, id);
            if (job.GetProperty("completed_at").ValueKind != JsonValueKind.Null) return job;
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<JsonElement> Job(HttpClient client, string id)
    {
        var answer = await client.GetAsync($"/jobs/{id}");
        ((int)answer.StatusCode).ShouldBe(200, $"the accepted job {id} is unknown");
        return await answer.Json();
    }

    private static async Task<byte[]> Result(HttpClient client, string id)
    {
        var answer = await client.GetAsync($"/jobs/{id}/result");
        ((int)answer.StatusCode).ShouldBe(200, id);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : null;

    private sealed class Submission(string key, string text, int? seed)
    {
        public string Key => key;

        public string Text => text;

        public int? Seed => seed;

        public string? Id { get; set; }

        public byte[]? Audio { get; set; }

        public bool Interrupted { get; set; }
    }
}
