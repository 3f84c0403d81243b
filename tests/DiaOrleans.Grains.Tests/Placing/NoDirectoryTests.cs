using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Placing;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Placing;

public sealed class NoDirectoryTests
{
    [Fact]
    public async Task No_silo_is_asked_for_the_place_of_a_worker()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, realTime: true, loaded: false);
        foreach (var silo in cluster.Silos)
        {
            var grains = silo.ServiceProvider.GetRequiredService<IGrainFactory>();
            foreach (var other in cluster.Silos)
            {
                var worker = grains.GetGrain<IGpuWorkerGrain>($"{other.Name}/0");
                await GrainCluster.Until(async () => (await worker.GetStatus()).Key == worker.GetPrimaryKeyString());
                DirectoryOf(silo.ServiceProvider, worker).ShouldBe(NoDirectory.Name);
            }
        }
    }

    private static string DirectoryOf(IServiceProvider services, IAddressable grain) => services
        .GetRequiredService<IClusterManifestProvider>()
        .LocalGrainManifest.Grains[grain.GetGrainId().Type]
        .Properties[WellKnownGrainTypeProperties.GrainDirectory];
}
