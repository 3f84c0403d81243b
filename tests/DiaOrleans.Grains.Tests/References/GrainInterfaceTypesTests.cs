using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.References;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Serialization.TypeSystem;

namespace DiaOrleans.Grains.Tests.References;

public sealed class GrainInterfaceTypesTests
{
    private static readonly Type[] Interfaces =
        [.. typeof(IJobGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))];

    [Fact]
    public async Task A_silo_uses_the_types_that_Orleans_derives_and_derives_each_once()
    {
        var others = new CountingProvider();
        await using var cluster = await GrainCluster.Start(
            loaded: false,
            configure: services => services.AddSingleton<IGrainInterfaceTypeProvider>(others));
        var services = cluster.Silos[0].ServiceProvider;
        var providers = services.GetServices<IGrainInterfaceTypeProvider>().ToArray();
        providers[0].ShouldBeOfType<GrainInterfaceTypes>();
        var plain = new GrainInterfaceTypeResolver(
            providers.Where(provider => provider is not (GrainInterfaceTypes or CountingProvider)),
            services.GetRequiredService<TypeConverter>());
        var silos = services.GetRequiredService<GrainInterfaceTypeResolver>();
        Interfaces.Length.ShouldBeGreaterThan(10);
        for (var i = 0; i < 2; i++)
        {
            foreach (var type in Interfaces) silos.GetGrainInterfaceType(type).ShouldBe(plain.GetGrainInterfaceType(type));
        }

        foreach (var type in Interfaces) others.Count(type).ShouldBe(1, type.Name);
    }

    private sealed class CountingProvider : IGrainInterfaceTypeProvider
    {
        private readonly List<Type> _asked = [];

        public int Count(Type type)
        {
            lock (_asked) return _asked.Count(asked => asked == type);
        }

        public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType)
        {
            lock (_asked) _asked.Add(type);
            grainInterfaceType = default;
            return false;
        }
    }
}
