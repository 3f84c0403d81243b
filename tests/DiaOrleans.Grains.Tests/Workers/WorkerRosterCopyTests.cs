using System.Reflection;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

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

    [Fact]
    public async Task Knows_no_worker_before_the_first_list_and_keeps_one_that_is_missing_for_a_while()
    {
        await using var cluster = await GrainCluster.Start(silos: 2);
        var silo = cluster.Silos[0].ServiceProvider;
        var factory = DispatchProxy.Create<IGrainFactory, Factory>();
        var directory = ((Factory)(object)factory).Directory;
        directory.Workers = await cluster.Workers();
        var roster = new WorkerRosterCopy(
            factory,
            silo.GetServices<LocalWorkers>(),
            silo.GetRequiredService<WorkerPools>(),
            silo.GetRequiredService<IClusterMembershipService>(),
            cluster.Time,
            NullLogger<WorkerRosterCopy>.Instance);
        (roster.IsKnown, roster.Workers.Count).ShouldBe((false, 0));
        directory.Fault = new TimeoutException();
        await roster.Refresh();
        roster.IsKnown.ShouldBeFalse();
        directory.Fault = null;
        await roster.Refresh();
        (roster.IsKnown, roster.Workers.Count).ShouldBe((true, 2));

        directory.Workers = [];
        cluster.Time.Advance(WorkerRosterCopy.RestartLimit - TimeSpan.FromMilliseconds(1));
        await roster.Refresh();
        roster.Workers.Count.ShouldBe(2);
        cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
        await roster.Refresh();
        roster.Workers.ShouldHaveSingleItem().Key.ShouldBe($"{cluster.Silos[0].Name}/0", "its own");
    }

    /// <summary>Knows the directory only.</summary>
    private class Factory : DispatchProxy
    {
        private readonly object _proxy = DispatchProxy.Create<IWorkerDirectoryGrain, Directory>();

        public Directory Directory => (Directory)_proxy;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _proxy;
    }

    private class Directory : DispatchProxy
    {
        public IReadOnlyList<WorkerStatus> Workers { get; set; } = [];

        public Exception? Fault { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Fault is { } fault
            ? Task.FromException<IReadOnlyList<WorkerStatus>>(fault)
            : Task.FromResult(Workers);
    }
}
