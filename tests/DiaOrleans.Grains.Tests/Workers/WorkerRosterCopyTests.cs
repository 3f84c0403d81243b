using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerRosterCopyTests
{
    [Fact]
    public async Task Has_the_workers_of_silos_that_the_cluster_counts_as_active_and_its_own_as_they_are_now()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        var silo = cluster.Silos[0];
        var roster = silo.ServiceProvider.GetRequiredService<WorkerRosterCopy>();
        await cluster.Know(silo, workers: 2);
        var own = $"{silo.Name}/0";
        var other = $"{cluster.Silos[1].Name}/0";
        roster.Workers.Select(worker => worker.Key).ShouldBe([own, other], ignoreOrder: true);
        roster.Workers.Select(worker => worker.Number).ShouldBe([1, 2], ignoreOrder: true);
        roster.Find("nobody/0").ShouldBeNull();

        cluster.EngineOf(silo).BacklogSeconds = 7;
        roster.Find(own)!.BacklogSeconds.ShouldBe(7);
        cluster.EngineOf(cluster.Silos[1]).BacklogSeconds = 9;
        await GrainCluster.Until(() => Task.FromResult(roster.Find(other)!.BacklogSeconds == 9));

        await cluster.Cluster.StopSiloAsync(cluster.Silos[1]);
        await GrainCluster.Until(() => Task.FromResult(roster.Workers.Count == 1));
        roster.Workers.Single().Key.ShouldBe(own);
    }
}
