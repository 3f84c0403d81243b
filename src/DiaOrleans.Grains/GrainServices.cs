using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Running;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Jobs.Upgrade;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Placing;
using DiaOrleans.Grains.Previews;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.References;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Retention;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;

namespace DiaOrleans.Grains;

/// <summary>Registers the grains and their services.</summary>
public static class GrainServices
{
    /// <summary>
    /// Grains whose silo is remembered, also after their activations have ended, 0.4 KB each. With Orleans' own limit, a million, what
    /// clients ask for, also ids that do not exist, takes memory for long, and 18 MB are reserved at the start.
    /// </summary>
    internal const int DirectoryCacheSize = 50_000;

    /// <summary>
    /// Registers what every silo needs. The caller also registers a grain storage named <see cref="State.StateStorage.ProviderName"/>, an
    /// <see cref="Blobs.IBlobStore"/> and <see cref="Speech.UnreadAudio"/>. Options that the caller has registered before are used instead
    /// of the defaults.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="keepsState">
    /// Whether grains other than those of workers may be placed on it. If not, its start waits for no other silo.
    /// </param>
    public static ISiloBuilder AddDiaGrains(this ISiloBuilder silo, bool keepsState = true)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<DiaMetrics>();
        GrainInterfaceTypes.AddTo(silo.Services);
        silo.Services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        silo.AddGrainDirectory(NoDirectory.Name, (_, _) => new NoDirectory());
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = DirectoryCacheSize);
        silo.Services.TryAddSingleton(typeof(CurrentValue<>));
        silo.Services.TryAddSingleton<RenderingOptions>();
        silo.Services.TryAddSingleton<ScriptOptions>();
        silo.Services.AddSingleton<RequestScripts>();
        silo.Services.TryAddSingleton<PromptOptions>();
        silo.Services.TryAddSingleton<CatalogOptions>();
        silo.Services.AddSingleton<LostWorkers>();
        silo.Services.AddSingleton<WorkerRosterCopy>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<WorkerRosterCopy>());
        silo.Services.TryAddSingleton<WorkerPoolOptions>();
        silo.Services.AddSingleton<WorkerPools>();
        silo.Services.AddSingleton<WorkerCalls>();
        silo.Services.AddSingleton<WorkDispatcher>();
        silo.Services.AddSingleton<GenerationRecorder>();
        silo.Services.TryAddSingleton<IStateBatches, SingleReads>();
        silo.Services.TryAddSingleton<StoredReads>();
        silo.Services.TryAddSingleton<ActivationCopies>();
        silo.Services.TryAddSingleton<VoiceReads>();
        silo.Services.TryAddSingleton<PromptReads>();
        silo.Services.AddSingleton<ConfigurationReads>();
        silo.Services.AddSingleton<LogWriter>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<LogWriter>());
        silo.Services.TryAddSingleton<ISpeechRenderer, SpeechRenderer>();
        silo.Services.AddSingleton<SpeechSessions>();
        silo.Services.AddSingleton<VoicePreviews>();
        silo.Services.TryAddSingleton<JobOptions>();
        silo.Services.AddSingleton<JobQueues>();
        silo.Services.AddSingleton<EndedJobRows>();
        silo.Services.AddSingleton<JobService>();
        silo.Services.AddSingleton<JobReads>();
        if (keepsState) silo.AddStartupTask<JobUpgradeStart>();
        silo.Services.AddSingleton<LogReads>();
        silo.Services.AddSingleton<GenerationLog>();
        silo.Services.AddSingleton<ICleanupStep, JobCleanup>();
        silo.Services.TryAddSingleton<OverrideOptions>();
        silo.Services.AddSingleton<ConfigurationOverrides>();
        silo.Services.TryAddSingleton<GenerationLogOptions>();
        silo.Services.TryAddSingleton<DiskOptions>();
        silo.Services.AddSingleton<CurrentConfiguration>();
        return silo;
    }

    /// <summary>
    /// Registers the background services of a server: the hourly cleanup and the copy of the configuration. Requires an
    /// <see cref="Blobs.IBlobStore"/>. Call it after the silo is added, so that the services start after the silo.
    /// </summary>
    public static IServiceCollection AddMaintenance(this IServiceCollection services)
    {
        services.AddSingleton<Cleanup>();
        services.AddSingleton<ICleanupStep, GenerationCleanup>();
        services.AddHostedService(provider => provider.GetRequiredService<CurrentConfiguration>());
        services.AddHostedService<HourlyCleanup>();
        services.AddHostedService<JobCountObserver>();
        return services;
    }

    /// <summary>
    /// Registers the engines of this silo, one a device, loaded by <typeparamref name="TFactory"/>. Call it after the silo is added, so
    /// that engines start after the silo and stop before it.
    /// </summary>
    /// <param name="services">The services of the silo.</param>
    /// <param name="devices">Names of the devices, an engine each; the index is the device's number in the worker's key.</param>
    public static IServiceCollection AddSpeechEngine<TFactory>(this IServiceCollection services, IReadOnlyList<string> devices)
        where TFactory : class, ISpeechEngineFactory
    {
        services.AddSingleton<ISpeechEngineFactory, TFactory>();
        services.TryAddSingleton<EngineHostOptions>();
        services.AddSingleton(provider =>
        {
            var workers = new LocalWorkers(
                provider.GetRequiredService<ILocalSiloDetails>().Name,
                devices,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LocalWorker>>());
            provider.GetRequiredService<DiaMetrics>().ObserveWorkers(() => workers.All.Select(worker => worker.Status));
            return workers;
        });
        services.AddHostedService<EngineHost>();
        return services;
    }

    /// <summary>
    /// Registers the runner of background jobs on this silo's engines. Call it after <see cref="AddSpeechEngine"/>, so that jobs are
    /// released before the engines drain.
    /// </summary>
    public static IServiceCollection AddJobRunner(this IServiceCollection services) => services.AddHostedService<JobRunner>();
}
