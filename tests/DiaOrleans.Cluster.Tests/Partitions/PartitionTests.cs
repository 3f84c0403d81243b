using DiaOrleans.Cluster.Tests.Chaos;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Partitions;

/// <summary>Two silos cannot reach each other for a while; both reach the database.</summary>
[Trait("Category", LongTests.Category)]
public sealed class PartitionTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const int Jobs = 40;

    /// <summary>Longer than a silo that does not answer is a member.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_accepted_job_is_listed_and_ends_once_when_two_silos_cannot_see_each_other(int count)
    {
        LongTests.Require();
        using var network = await SiloNetwork.Create(count);
        using var cluster = await TestCluster.Create(postgres);
        var silos = new List<SiloProcess>();
        for (var place = 1; place <= count; place++) silos.Add(await cluster.Start(Settings(cluster, network, place)));
        await Requests.MakeVoice(silos[0], "anna");
        var jobs = new ChaosJobs(() => [.. silos.Where(silo => !silo.Process.HasExited)], new Random(count));
        var submitting = jobs.Submit(Jobs);
        await jobs.WaitForEnds(Jobs / 8);
        await network.Cut(1, 2);
        await Task.Delay(Lasting);
        await network.Cut(1, 2, cut: false);
        await submitting;
        await jobs.WaitForEnds(Jobs);
        SiloProcess[] left = [.. silos.Where(silo => !silo.Process.HasExited)];
        output.WriteLine($"{left.Length} of {count} silos are left; {jobs.Repeated} requests repeated");
        left.Length.ShouldBeGreaterThanOrEqualTo(count - 1);
        foreach (var silo in left) await Until.Succeeds(() => jobs.Check(silo));
    }

    private SiloSettings Settings(TestCluster cluster, SiloNetwork network, int place) => cluster.Settings($"silo-{place}") with
    {
        Database = postgres.OverSocket(cluster.Database),
        Address = SiloNetwork.Address(place),
        Enter = start => network.Enter(place, start),
        Handler = () => network.Handler(place),
        Variables = new Dictionary<string, string> { ["DIA_SLOTS"] = "2" },
    };
}
