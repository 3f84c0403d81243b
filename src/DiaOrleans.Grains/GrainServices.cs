using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace DiaOrleans.Grains;

/// <summary>Wires the grains into a silo.</summary>
public static class GrainServices
{
    /// <summary>Placement and time, which every silo needs.</summary>
    public static ISiloBuilder AddDiaGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddPlacementDirector<GpuPlacement, GpuPlacementDirector>();
        return silo;
    }

    /// <summary>An engine for this silo, loaded by <typeparamref name="TFactory"/>. Call it after the silo is added: the engine starts after it and stops before it.</summary>
    public static IServiceCollection AddSpeechEngine<TFactory>(this IServiceCollection services, EngineHostOptions options) where TFactory : class, ISpeechEngineFactory
    {
        services.AddSingleton<ISpeechEngineFactory, TFactory>();
        services.AddSingleton(options);
        services.AddSingleton<EngineHost>();
        services.AddHostedService(provider => provider.GetRequiredService<EngineHost>());
        return services;
    }
}
