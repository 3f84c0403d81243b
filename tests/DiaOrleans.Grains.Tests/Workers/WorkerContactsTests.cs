using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerContactsTests
{
    [Fact]
    public async Task A_silo_calls_the_workers_of_others_before_a_request_needs_them()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true);
        var silo = cluster.Silos[0];
        var grains = silo.ServiceProvider.GetRequiredService<IGrainFactory>();
        var other = grains.GetGrain<IGpuWorkerGrain>($"{cluster.Silos[1].Name}/0");
        await cluster.Know(silo, workers: 2);
        var management = grains.GetGrain<IManagementGrain>(0);
        SiloAddress? address = null;
        await GrainCluster.Until(async () => (address = await management.GetActivationAddress(other)) is not null);
        address.ShouldBe(cluster.Silos[1].SiloAddress);
    }
}
