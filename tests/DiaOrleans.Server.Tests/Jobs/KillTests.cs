using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>
/// Kills the server process with SIGKILL at random times, many times with the same data. DIA_KILL_ROUNDS is the number of rounds (10 by
/// default), DIA_KILL_JOBS that of jobs (three a round by default, 500 at most, which is the longest list); DIA_KILL_SEED repeats the times
/// of an earlier run.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int JobsPerRound = 3;
    private const int LongestList = 500;
    private const int LongestLifeMs = 1500;

    private static readonly string[] Texts =
    [
        "Where is my hat? You are wearing it.",
        string.Join(' ', Enumerable.Repeat("The lamp is still on.", 5)),
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("dia-kill-test-").FullName;
    private readonly List<Submission> _submissions = [];
    private int _kills;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Every_accepted_job_completes_exactly_once_when_the_server_is_killed_many_times()
    {
        var rounds = Setting("DIA_KILL_ROUNDS") ?? 10;
        var jobs = Math.Max(2 * rounds, Math.Min(Setting("DIA_KILL_JOBS") ?? JobsPerRound * rounds, LongestList));
        var seed = Setting("DIA_KILL_SEED") ?? Random.Shared.Next(1_000_000);
        output.WriteLine($"{rounds} rounds, {jobs} jobs, DIA_KILL_SEED={seed}");
        var random = new Random(seed);
        using (var server = await ServerProcess.Start(_data))
        {
            (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        }

        for (var round = 0; round < rounds; round++)
        {
            if (random.Next(4) == 0) await KillWhileStarting(random);
            await KillWhileServing(random, jobs * (round + 1) / rounds - _submissions.Count);
        }

        using (var server = await ServerProcess.Start(_data))
        {
            await ReadEnds(server.Client);
            Report(seed);
            await CheckAll(server.Client, seed);
        }
    }

    private void Report(int seed)
    {
        output.WriteLine(
            $"{_kills} kills, {_submissions.Count(s => s.Interrupted)} submissions without an answer at first; {_submissions.Count} jobs: "
            + $"{_submissions.Count(s => s.Id is not null)} accepted, {_submissions.Count(s => s.IsListed)} listed at the end, "
            + $"{_submissions.Count(s => s.End?.Status == "completed")} completed; {_submissions.Count(s => s.Lost)} lost, "
            + $"{_submissions.Count(s => s.Unlisted)} accepted and not listed at some time, "
            + $"{_submissions.Count(s => s.HadTwoEnds)} with two ends");
        _submissions.ShouldAllBe(s => s.Id != null && !s.Lost && !s.Unlisted && !s.HadTwoEnds, $"DIA_KILL_SEED={seed}");
    }

    private async Task KillWhileStarting(Random random)
    {
        using var process = ServerProcess.Launch(_data);
        await Task.Delay(random.Next(LongestLifeMs));
        process.Kill();
        _kills++;
        await process.WaitForExitAsync();
    }

    private async Task KillWhileServing(Random random, int jobs)
    {
        using var server = await ServerProcess.Start(_data);
        for (var i = 0; i < jobs; i++) _submissions.Add(NewSubmission(random));
        // The last one is sent at the moment of the kill.
        var early = _submissions.Where(s => s.Id is null).SkipLast(1).Select(s => Submit(server.Client, s)).ToArray();
        // On a slow machine half of the kills still come after an answer.
        var from = random.Next(2) == 0 ? Task.CompletedTask : Task.WhenAny(early);
        var life = Then(from, random.Next(LongestLifeMs));
        var watching = Watch(server.Client, life);
        await life;
        var late = Submit(server.Client, _submissions[^1]);
        server.Process.Kill();
        _kills++;
        await server.Process.WaitForExitAsync();
        await Task.WhenAll([.. early, late, watching]);
    }

    private static async Task Then(Task first, int milliseconds)
    {
        await first;
        await Task.Delay(milliseconds);
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

    /// <summary>
    /// Reads the list again and again, and results as soon as their jobs are completed: a result that was read once must never change.
    /// </summary>
    private async Task Watch(HttpClient client, Task life)
    {
        try
        {
            while (!life.IsCompleted)
            {
                await ReadList(client);
                foreach (var submission in _submissions.Where(s => s is { End.Status: "completed", Audio: null }).ToArray())
                    submission.Audio = await Result(client, submission.Id!);
                await Task.Delay(50);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed.
        }
    }

    /// <summary>A job that was accepted before this call must be in the list, and an end that was seen once must never change.</summary>
    private async Task ReadList(HttpClient client)
    {
        var accepted = _submissions.Where(s => s.Id is not null).ToArray();
        var answer = await client.GetAsync($"/jobs?limit={LongestList}");
        var listed = (await answer.EnsureSuccessStatusCode().Json()).GetProperty("jobs").EnumerateArray()
            .ToDictionary(job => job.GetProperty("id").GetString()!);
        foreach (var submission in accepted)
        {
            submission.IsListed = listed.TryGetValue(submission.Id!, out var job);
            if (submission.IsListed) submission.See(job);
            else submission.Unlisted = true;
        }
    }

    /// <summary>Submits every key again, waits for the end of each job and reads the list.</summary>
    private async Task ReadEnds(HttpClient client)
    {
        foreach (var submission in _submissions) await Submit(client, submission);
        foreach (var submission in _submissions.Where(s => s.Id is not null))
        {
            if (await Ended(client, submission.Id!) is { } job) submission.See(job);
            else submission.Lost = true;
        }

        await ReadList(client);
    }

    private async Task CheckAll(HttpClient client, int seed)
    {
        foreach (var submission in _submissions)
        {
            var end = submission.End!;
            end.Status.ShouldBe("completed", $"DIA_KILL_SEED={seed}: {end}");
            var audio = await Result(client, submission.Id!);
            audio.LongLength.ShouldBe(end.FileSize!.Value);
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
        stats.GetProperty("completed_jobs").GetInt32().ShouldBe(_submissions.Count, "an end that is entered twice is counted twice");
    }

    /// <summary>The job once it has ended; null if it is unknown.</summary>
    private static async Task<JsonElement?> Ended(HttpClient client, string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var answer = await client.GetAsync($"/jobs/{id}", limit.Token);
            if (answer.StatusCode == HttpStatusCode.NotFound) return null;
            var job = await answer.EnsureSuccessStatusCode().Json();
            if (job.GetProperty("completed_at").ValueKind != JsonValueKind.Null) return job;
            await Task.Delay(50, limit.Token);
        }
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

        /// <summary>Whether the last list had it.</summary>
        public bool IsListed { get; set; }

        /// <summary>Whether a list did not have it after it was accepted.</summary>
        public bool Unlisted { get; set; }

        /// <summary>Whether it was accepted and is unknown.</summary>
        public bool Lost { get; set; }

        /// <summary>The end that was seen first.</summary>
        public JobEnd? End { get; private set; }

        public bool HadTwoEnds { get; private set; }

        /// <summary>Notes the end of a job, if it has ended, and whether it is another one than before.</summary>
        public void See(JsonElement job)
        {
            var end = job.GetProperty("completed_at").ValueKind == JsonValueKind.Null ? null : JobEnd.Of(job);
            HadTwoEnds |= End is not null && end != End;
            End ??= end;
        }
    }

    /// <summary>What an ended job shows: its file has the token of the run that made it.</summary>
    private sealed record JobEnd(string Status, string At, string? File, long? FileSize, string? Error)
    {
        public static JobEnd Of(JsonElement job) => new(
            job.GetProperty("status").GetString()!,
            job.GetProperty("completed_at").GetString()!,
            job.GetProperty("file_path").GetString(),
            job.GetProperty("file_size") is { ValueKind: JsonValueKind.Number } size ? size.GetInt64() : null,
            job.GetProperty("error_message").GetString());
    }
}
