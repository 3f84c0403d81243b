using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Chaos;

/// <summary>Background jobs of a test that disturbs the silos: each request is repeated, with its key, at another silo.</summary>
/// <param name="silos">The silos that answer clients now.</param>
/// <param name="random">Chooses among them.</param>
internal sealed class ChaosJobs(Func<IReadOnlyList<SiloProcess>> silos, Random random)
{
    private const int Clients = 4;
    private const int LongestPauseMs = 1500;

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly string[] Texts =
    [
        "Where is my hat? You are wearing it.",
        string.Join(' ', Enumerable.Repeat("The lamp is still on.", 4)),
    ];

    private readonly ConcurrentDictionary<string, ChaosJob> _ends = new();
    private readonly Lock _gate = new();
    private int _keys;

    /// <summary>The jobs that were accepted, by their keys.</summary>
    public Dictionary<string, (string Id, string Text, int Seed)> Accepted { get; } = [];

    /// <summary>Requests that failed or got no answer and were repeated.</summary>
    public int Repeated { get; private set; }

    /// <summary>Submits jobs from some clients, each with pauses, and returns when all are accepted.</summary>
    public Task Submit(int count) => Task.WhenAll(Enumerable.Range(0, Clients).Select(client => SubmitSome((count + client) / Clients)));

    /// <summary>All jobs in the list of a silo that answers. An end that was listed before must be the same.</summary>
    public async Task<Dictionary<string, ChaosJob>> List()
    {
        var list = await Ask((client, cancellation) => client.GetAsync("/jobs?limit=500", cancellation));
        var jobs = list.GetProperty("jobs").EnumerateArray().Select(ChaosJob.Read).ToDictionary(job => job.Id);
        foreach (var ended in jobs.Values.Where(job => job.HasEnded)) ended.ShouldBe(_ends.GetOrAdd(ended.Id, ended));
        return jobs;
    }

    /// <summary>Waits until so many jobs of all have ended.</summary>
    public async Task WaitForEnds(int count)
    {
        var clock = Stopwatch.StartNew();
        while ((await List()).Values.Count(job => job.HasEnded) < count)
        {
            clock.Elapsed.ShouldBeLessThan(LongestWait, "jobs do not end");
            await Task.Delay(Pause);
        }
    }

    /// <summary>What a silo shows is what was accepted, and equal seeds gave equal bytes.</summary>
    public async Task Check(SiloProcess silo)
    {
        var listed = await Requests.ListJobs(silo, "?limit=500");
        listed.ShouldBe(Accepted.Values.Select(job => job.Id), ignoreOrder: true);
        foreach (var same in Accepted.Values.GroupBy(job => (job.Text, job.Seed)))
        {
            byte[]? first = null;
            foreach (var job in same)
            {
                (await Requests.StatusOf(silo, job.Id)).ShouldBe("completed");
                var audio = await silo.Client.GetByteArrayAsync($"/jobs/{job.Id}/result");
                audio.ShouldBe(first ??= audio);
            }
        }
    }

    private async Task SubmitSome(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await SubmitOne();
            int pause;
            lock (_gate) pause = random.Next(LongestPauseMs);
            await Task.Delay(pause);
        }
    }

    private async Task SubmitOne()
    {
        string text;
        string key;
        int seed;
        lock (_gate)
        {
            text = Texts[random.Next(Texts.Length)];
            seed = random.Next(5);
            key = $"key-{_keys++}";
        }

        var job = await Ask((client, cancellation) =>
        {
            var body = JsonSerializer.Serialize(new { text, voice_id = "anna", seed });
            var request = new HttpRequestMessage(HttpMethod.Post, "/generate?async_mode=true") { Content = new StringContent(body) };
            request.Headers.Add("Idempotency-Key", key);
            return client.SendAsync(request, cancellation);
        });
        lock (_gate) Accepted.Add(key, (job.GetProperty("job_id").GetString()!, text, seed));
    }

    /// <summary>The answer of a silo; a request that gets none, or an error of the server, is repeated.</summary>
    private async Task<JsonElement> Ask(Func<HttpClient, CancellationToken, Task<HttpResponseMessage>> send)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var limit = new CancellationTokenSource(LongestRequest);
                using var answer = await send(Choose(), limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK) return await answer.Json();
                ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(429, await answer.Content.ReadAsStringAsync(limit.Token));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The silo is killed, stopped, or starts.
            }

            clock.Elapsed.ShouldBeLessThan(LongestWait, "no silo answers");
            lock (_gate) Repeated++;
            await Task.Delay(Pause);
        }
    }

    private HttpClient Choose()
    {
        var all = silos();
        lock (_gate) return all[random.Next(all.Count)].Client;
    }
}

/// <summary>A job as a list shows it.</summary>
internal sealed record ChaosJob(string Id, string Status, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt)
{
    public bool HasEnded => CompletedAt is not null;

    public static ChaosJob Read(JsonElement job) => new(
        job.GetProperty("id").GetString()!,
        job.GetProperty("status").GetString()!,
        ReadTime(job.GetProperty("started_at")),
        ReadTime(job.GetProperty("completed_at")));

    private static DateTimeOffset? ReadTime(JsonElement time) => time.GetString() is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;
}
