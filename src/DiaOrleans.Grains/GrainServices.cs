using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Requests;
using DiaOrleans.Grains.Retention;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace DiaOrleans.Grains;

/// <summary>Wires the grains into a silo.</summary>
public static class GrainServices
{
    /// <summary>What every silo needs. It must also offer grain storage named <see cref="State.StateStorage.ProviderName"/> and an <see cref="Blobs.IBlobStore"/>.</summary>
    public static ISiloBuilder AddDiaGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<DiaMetrics>();
        silo.Services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        silo.Services.TryAddSingleton(new RenderingOptions());
        silo.Services.AddSingleton<WorkDispatcher>();
        silo.Services.AddSingleton<GenerationRecorder>();
        silo.Services.TryAddSingleton<ISpeechRenderer, SpeechRenderer>();
        silo.Services.TryAddSingleton(new JobOptions());
        silo.Services.AddSingleton<JobService>();
        silo.Services.AddSingleton<ICleanupStep, JobSweep>();
        silo.AddIncomingGrainCallFilter<RequestScopeFilter>();
        silo.Services.TryAddSingleton<RunOverrides>();
        silo.Services.TryAddSingleton<GenerationLogOptions>();
        silo.Services.AddSingleton<CurrentConfiguration>();
        return silo;
    }

    /// <summary>What runs in the background on a server: it needs an <see cref="Blobs.IBlobStore"/>. Call it after the silo is added: it starts after it.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services)
    {
        services.AddSingleton<Cleanup>();
        services.AddSingleton<ICleanupStep, OldGenerations>();
        services.AddHostedService(provider => provider.GetRequiredService<CurrentConfiguration>());
        services.AddHostedService<HourlyCleanup>();
        services.AddHostedService<JobCountObserver>();
        return services;
    }

    /// <summary>An engine for this silo, loaded by <typeparamref name="TFactory"/>. Call it after the silo is added: the engine starts after it and stops before it.</summary>
    public static IServiceCollection AddSpeechEngine<TFactory>(this IServiceCollection services, EngineHostOptions options) where TFactory : class, ISpeechEngineFactory
    {
        services.AddSingleton<ISpeechEngineFactory, TFactory>();
        services.AddSingleton(options);
        services.AddSingleton(provider => new LocalWorker(
            new WorkerKey(provider.GetRequiredService<ILocalSiloDetails>().Name, options.Device),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LocalWorker>>()));
        services.AddHostedService<EngineHost>();
        return services;
    }

    /// <summary>Runs background jobs on this silo's engine. Call it after <see cref="AddSpeechEngine"/>: jobs are handed back before the engine drains.</summary>
    public static IServiceCollection AddJobRunner(this IServiceCollection services) => services.AddHostedService<JobRunner>();
}
