using DiaOrleans.Cluster.Tests.Silos;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Chaos;

/// <summary>
/// Kills and stops silos of a cluster while jobs run. DIA_CHAOS_JOBS is the number of jobs (200 by default), DIA_CHAOS_SEED repeats the
/// choices of an earlier run.
/// </summary>
[Trait("Category", LongTests.Category)]
public sealed class ChaosTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const int Rounds = 5;

    /// <summary>Long enough that the others evict a silo that hangs.</summary>
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Every_accepted_job_is_listed_and_completes_once_when_silos_are_killed_and_stopped()
    {
        LongTests.Require();
        var seed = Setting("DIA_CHAOS_SEED") ?? Random.Shared.Next(1_000_000);
        var perRound = (Setting("DIA_CHAOS_JOBS") ?? 200) / Rounds;
        output.WriteLine($"DIA_CHAOS_SEED={seed}");
        var random = new Random(seed);
        using var cluster = await TestCluster.Create(postgres);
        SiloProcess[] silos =
        [
            await Start("api", "api"),
            await Start("gpu-1", "gpu"),
            await Start("gpu-2", "gpu"),
            await Start("all", "all"),
        ];
        await Requests.MakeVoice(silos[0], "anna");
        var jobs = new ChaosJobs(() => [silos[0], silos[3]], random);
        var waits = new List<(bool Kill, double Seconds)>();
        for (var round = 0; round < Rounds; round++)
        {
            // Both kinds occur at least twice.
            var kill = round < 4 ? round % 2 == 0 : random.Next(2) == 0;
            var victim = random.Next(silos.Length);
            var submitting = jobs.Submit(perRound);
            await jobs.WaitForEnds((round * perRound) + random.Next(1, perRound / 2));
            var at = DateTimeOffset.UtcNow;
            if (kill) silos[victim].Kill();
            else await Pause(silos[victim]);
            if (silos[victim].Process.HasExited) silos[victim] = await cluster.Start(silos[victim].Settings);
            await submitting;
            await jobs.WaitForEnds((round + 1) * perRound);
            waits.Add((kill, LongestGap(at, (await jobs.List()).Values)));
            output.WriteLine($"{(kill ? "killed" : "stopped")} {silos[victim].Settings.Name}: no job starts for {waits[^1].Seconds:0.0} s");
        }

        await Report(cluster, jobs, waits);
        foreach (var silo in (SiloProcess[])[silos[0], silos[3]]) await jobs.Check(silo);

        // Few slots, so that jobs wait.
        Task<SiloProcess> Start(string name, string role) =>
            cluster.Start(cluster.Settings(name, role) with { Variables = new Dictionary<string, string> { ["DIA_SLOTS"] = "2" } });
    }

    /// <summary>Stops a process until the others have evicted it. If it is a member no more, it ends by itself.</summary>
    private static async Task Pause(SiloProcess silo)
    {
        silo.Signal("STOP");
        await Task.Delay(Freeze);
        silo.Signal("CONT");
        using var limit = new CancellationTokenSource(Freeze);
        await silo.Process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The longest time in which no job starts, in seconds, since one moment.</summary>
    private static double LongestGap(DateTimeOffset since, IEnumerable<ChaosJob> jobs)
    {
        var longest = TimeSpan.Zero;
        foreach (var start in jobs.Select(job => job.StartedAt).OfType<DateTimeOffset>().Where(start => start > since).Order())
        {
            if (start - since > longest) longest = start - since;
            since = start;
        }

        return longest.TotalSeconds;
    }

    /// <summary>Prints the counts. A row without starts is of a submission that was given up and made again under another id.</summary>
    private async Task Report(TestCluster cluster, ChaosJobs jobs, List<(bool Kill, double Seconds)> waits)
    {
        await using var database = NpgsqlDataSource.Create(cluster.Database);
        await using var command = database.CreateCommand(
            """
            SELECT starts FROM (
              SELECT (convert_from(PayloadBinary, 'UTF8')::json -> 'state' -> 'record' ->> 'starts')::int AS starts
              FROM OrleansStorage WHERE GrainTypeString = 'job' AND PayloadBinary IS NOT NULL) AS jobs
            WHERE starts IS NOT NULL
            """);
        await using var rows = await command.ExecuteReaderAsync();
        var starts = new List<int>();
        while (await rows.ReadAsync()) starts.Add(rows.GetInt32(0));
        var list = await jobs.List();
        output.WriteLine(
            $"{jobs.Accepted.Count} jobs accepted, {list.Count} listed, {list.Values.Count(job => job.Status == "completed")} completed; "
            + $"{starts.Count(count => count > 1)} begun twice; {jobs.Repeated} requests repeated; no job starts for (medians) "
            + $"{Median(waits.Where(wait => wait.Kill)):0.0} s (kill), {Median(waits.Where(wait => !wait.Kill)):0.0} s (stop)");
    }

    private static double Median(IEnumerable<(bool Kill, double Seconds)> waits)
    {
        var sorted = waits.Select(wait => wait.Seconds).Order().DefaultIfEmpty(double.NaN).ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : null;
}
