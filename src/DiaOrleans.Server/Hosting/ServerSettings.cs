using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Origins;
using DiaOrleans.Server.Api.Proxies;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Lifetime;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Telemetry;

namespace DiaOrleans.Server.Hosting;

/// <summary>The settings of the server.</summary>
internal static class ServerSettings
{
    private const string FileVariable = "DIA_SETTINGS";

    /// <summary>All options classes. Each setting is a property of one of them.</summary>
    public static IReadOnlyList<Type> Classes { get; } =
    [
        typeof(HttpOptions),
        typeof(DataOptions),
        typeof(BlobOptions),
        typeof(DiskOptions),
        typeof(ModelStoreOptions),
        typeof(EngineOptions),
        typeof(DeviceOptions),
        typeof(EngineHostOptions),
        typeof(WorkerPoolOptions),
        typeof(DrainOptions),
        typeof(LocalSiloOptions),
        typeof(SiloTlsOptions),
        typeof(DatabaseOptions),
        typeof(ApiOptions),
        typeof(OriginOptions),
        typeof(ProxyOptions),
        typeof(BodyOptions),
        typeof(RenderingOptions),
        typeof(ScriptOptions),
        typeof(SpeechOptions),
        typeof(PromptOptions),
        typeof(CatalogOptions),
        typeof(JobOptions),
        typeof(RecognitionOptions),
        typeof(TelemetryOptions),
        typeof(OverrideOptions),
    ];

    /// <summary>Reads and validates all settings.</summary>
    /// <param name="file">Settings file; null takes the one that the variable DIA_SETTINGS names, if it is set.</param>
    /// <param name="commandLine">Values that the command line gives, by the names of settings.</param>
    /// <returns>The options, and all sections of the file.</returns>
    /// <exception cref="SettingsException">The file or a value is wrong.</exception>
    public static (OptionsSet Options, IConfiguration Configuration) Read(string? file, IReadOnlyDictionary<string, string?> commandLine) =>
        new SettingsReader(Classes, Environment.GetEnvironmentVariable)
            .Read(file ?? Environment.GetEnvironmentVariable(FileVariable), commandLine);
}
