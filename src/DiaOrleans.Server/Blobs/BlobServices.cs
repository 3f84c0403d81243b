using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Previews;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Blobs;

/// <summary>Registers the store of the blobs.</summary>
internal static class BlobServices
{
    /// <summary>Adds the <see cref="IBlobStore"/> with its limits, and what says how much space is free.</summary>
    /// <param name="services">The services.</param>
    /// <param name="data">Absolute path of the data folder.</param>
    /// <param name="options">The settings.</param>
    /// <param name="database">The database of the cluster; null if there is none.</param>
    /// <exception cref="SettingsException">The settings of the store make no sense together.</exception>
    public static IServiceCollection AddBlobs(
        this IServiceCollection services,
        string data,
        OptionsSet options,
        NpgsqlDataSource? database)
    {
        var blobs = options.Get<BlobOptions>();
        string[] disks = blobs.Place == BlobPlace.Folder ? [data, blobs.FolderIn(data)] : [data];
        var store = OpenLimited(data, options, database);
        return services
            .AddSingleton(store)
            .AddSingleton<IBlobStore>(provider => provider.GetRequiredService<LimitedBlobStore>())
            .AddSingleton<IFreeSpace>(new FreeSpace(disks));
    }

    /// <summary>Opens the store with its limits.</summary>
    /// <inheritdoc cref="AddBlobs"/>
    public static LimitedBlobStore OpenLimited(string data, OptionsSet options, NpgsqlDataSource? database) => new(
        BlobPlaces.Open(options.Get<BlobOptions>(), data, database, Environment.GetEnvironmentVariable, TimeProvider.System),
        FindLimits(options.Get<DiskOptions>()),
        sharedClock: database is null ? null : TimeProvider.System);

    /// <summary>Previews are made again, and saved outputs are copies for the user: their oldest go. The others are promised.</summary>
    private static Dictionary<string, FolderLimit> FindLimits(DiskOptions options) => new()
    {
        [PromptFiles.Folder] = new(options.MaxRecordingsMegabytes, nameof(DiskOptions.MaxRecordingsMegabytes), DropsOldest: false),
        [JobResults.Folder] = new(options.MaxResultsMegabytes, nameof(DiskOptions.MaxResultsMegabytes), DropsOldest: false),
        [GenerationRecorder.Folder] = new(options.MaxOutputsMegabytes, nameof(DiskOptions.MaxOutputsMegabytes), DropsOldest: true),
        [VoicePreviews.Folder] = new(options.MaxPreviewsMegabytes, nameof(DiskOptions.MaxPreviewsMegabytes), DropsOldest: true),
    };
}
