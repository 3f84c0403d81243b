using System.Diagnostics;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Silos;

public sealed class ColdStartTests(PostgresServer postgres, ITestOutputHelper output)
{
    /// <summary>The statements of docs/cluster.md for an entry of a server that is surely dead.</summary>
    private const string MarkDead = """
        UPDATE OrleansMembershipTable SET Status = 6 WHERE DeploymentId = 'dia' AND SiloName = 'lost';
        UPDATE OrleansMembershipVersionTable SET Version = Version + 1 WHERE DeploymentId = 'dia';
        """;

    [Fact]
    public async Task A_cluster_starts_again_without_one_of_its_silos()
    {
        var took = await Restart(_ => Task.CompletedTask);
        output.WriteLine($"up {took.TotalSeconds:0.0} s after the start, with the entry of a lost silo in the table");
    }

    [Fact]
    public async Task A_silo_that_is_marked_dead_is_not_waited_for()
    {
        var took = await Restart(async database =>
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(MarkDead);
            await command.ExecuteNonQueryAsync();
        });
        output.WriteLine($"up {took.TotalSeconds:0.0} s after the start, with the lost silo marked dead");
    }

    /// <summary>Kills two silos and starts one of them again, at its former port.</summary>
    private async Task<TimeSpan> Restart(Func<string, Task> prepare)
    {
        using var cluster = await TestCluster.Create(postgres);
        var kept = await cluster.Start("kept", "api");
        var lost = await cluster.Start("lost", "api");
        await Requests.MakeVoice(kept, "anna");
        foreach (var silo in (SiloProcess[])[kept, lost]) silo.Kill();
        await prepare(cluster.Database);
        var clock = Stopwatch.StartNew();
        var again = await cluster.Start(kept.Settings);
        await Until.Succeeds(async () => (await again.Client.GetStringAsync("/voices")).ShouldContain("anna"));
        return clock.Elapsed;
    }
}
