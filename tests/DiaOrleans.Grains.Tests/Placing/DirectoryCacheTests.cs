using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace DiaOrleans.Grains.Tests.Placing;

public sealed class DirectoryCacheTests
{
    [Fact]
    public async Task The_places_of_ended_activations_are_remembered_in_less_than_25_MB()
    {
        const int bytesOfPlace = 400;
        await using var cluster = await GrainCluster.Start(loaded: false);
        var options = cluster.Silos[0].ServiceProvider.GetRequiredService<IOptions<GrainDirectoryOptions>>().Value;
        (options.CacheSize * bytesOfPlace).ShouldBeLessThan(25 << 20);
    }
}
