using System.Text;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Decoding;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Health;
using DiaOrleans.Server.Lifetime;
using DiaOrleans.Server.Logging;
using DiaOrleans.Server.Models.Hub;
using DiaOrleans.Server.Models.Speed;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Telemetry;
using DiaOrleans.Server.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Orleans.Dashboard;

namespace DiaOrleans.Server.Hosting;

/// <summary>Builds and runs one server: a silo with its engines, and the HTTP API.</summary>
internal static partial class DiaServer
{
    /// <summary>Bytes of a connection that are received before they are read.</summary>
    private const int UnreadBytes = 128 << 10;

    /// <summary>How much longer than the drain the host waits for all services to stop.</summary>
    public static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    /// <summary>Builds the application.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The data folder; it must outlive the application.</param>
    /// <param name="configuration">Configuration of the host, such as the section Logging; null adds none.</param>
    /// <param name="services">Adds services last, which replace those of the server.</param>
    /// <exception cref="InvalidOperationException">The database in the data folder cannot be used.</exception>
    /// <exception cref="SettingsException">
    /// The device of the settings cannot be used, or the database of the cluster, or the address of the silo.
    /// </exception>
    public static WebApplication Build(
        OptionsSet options,
        DataFolder data,
        IConfiguration? configuration = null,
        Action<IServiceCollection>? services = null)
    {
        var silo = options.Get<LocalSiloOptions>();
        var database = ClusterDatabase.Find(silo, options.Get<DatabaseOptions>());
        if (database is null) SqliteDatabase.Prepare(data.Database);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (configuration is not null) builder.Configuration.AddConfiguration(configuration);
        var verbosity = new Verbosity();
        ConsoleLog.Add(builder, verbosity);
        ConfigureHttp(builder, options.Get<HttpOptions>());
        options.AddTo(builder.Services);
        // Before the services that call grains.
        builder.AddSilo(options, data, database);
        AddServices(builder, options, data, database);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        if (app.Services.GetRequiredService<DeviceChoice>().Warning is { } warning) Log.NoGpu(app.Logger, warning);
        verbosity.Follow(app.Services.GetRequiredService<CurrentConfiguration>());
        app.MapApi(silo.KeepsState);
        if (silo.Dashboard) app.MapOrleansDashboard(routePrefix: "/dashboard");
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            data.WriteHolder(GetPort(app));
            ExposureWarning.Log(options.Get<HttpOptions>(), options.Get<ApiOptions>(), app.Logger);
            if (database is null && data.NetworkFileSystem is { } name) Log.NetworkFolder(app.Logger, name);
        });
        return app;
    }

    /// <summary>Starts the server, waits until it is told to stop, drains and stops it.</summary>
    public static async Task Run(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // What has started must be stopped: a process that ends while a model is being read crashes in native code.
            // The failure of the start is the one that counts.
            await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await app.WaitForShutdownAsync();
    }

    private static int GetPort(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private static void ConfigureHttp(WebApplicationBuilder builder, HttpOptions options)
    {
        // A request goes on with the thread of the pool that has received it. Another connection does not wait for that thread.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Latin-1 decodes every byte. With UTF-8 Kestrel itself would answer 400 to other bytes, and echoed headers would change.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = BodyOptions.MaxBytes;
            kestrel.Limits.MaxRequestBufferSize = UnreadBytes;
            // A client may stop reading, for example a player whose buffer is full: what is made stays until its connection ends.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(options.Address, options.Port, listen => listen.UseTcpKeepAlive());
        });
    }

    /// <summary>The order of hosted services is that in which they start, and the reverse of that in which they stop.</summary>
    private static void AddServices(WebApplicationBuilder builder, OptionsSet options, DataFolder data, NpgsqlDataSource? database)
    {
        var services = builder.Services;
        var silo = options.Get<LocalSiloOptions>();
        var drain = options.Get<EngineHostOptions>().DrainLimit;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(data);
        services.AddBlobs(data.Path, options, database);
        services.AddSingleton(new UnreadAudio(options.Get<SpeechOptions>(), SpeechOptions.FolderIn(data.Path)));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = drain + StopMargin);
        services.AddSignals(options.Get<DrainOptions>().PauseOf(silo.IsMember));
        var devices = silo.HasEngines ? options.Get<DeviceOptions>().Choose() : WithoutEngines();
        services.AddSingleton(devices);
        services.AddSingleton(Gpus.CreateFor(devices));
        var hub = HubEnvironment.Read(Environment.GetEnvironmentVariable);
        services.AddSingleton(options.Get<ModelStoreOptions>().OpenStore(data.Path, hub));
        services.AddSingleton<EngineModel>();
        services.AddSingleton(new HostMemory());
        services.AddSingleton(new SpeedRecords(data.Path));
        services.AddSingleton<SpeedWatch>();
        services.AddSpeechEngine<OnnxSpeechEngineFactory>(silo.HasEngines ? devices.Devices : []);
        if (silo.HasEngines) services.AddJobRunner();
        services.AddSpeechRecognition(options.Get<RecognitionOptions>().IsOn(silo.HasEngines), data.Path);
        services.AddMaintenance();
        services.TryAddSingleton<IRecordingReader>(provider => new ChildRecordingReader(
            Path.Combine(data.Path, "decoding"),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ChildRecordingReader>>()));
        services.AddSingleton(new CloningPolicy(RequiresRecording: silo.IsMember));
        services.AddAudioPrompts();
        builder.AddDiaTelemetry(options.Get<TelemetryOptions>(), silo.Name);
        services.AddReadiness(silo.KeepsState);
        services.AddApi(options, data.Path);
        // A browser does not send the API key when it follows a link.
        services.AddSingleton(new WebPage(linkDashboard: silo.Dashboard && options.Get<ApiOptions>().Keys.Count == 0));
    }

    /// <summary>Nothing runs on the device.</summary>
    private static DeviceChoice WithoutEngines() => new DeviceOptions { Device = Device.Cpu.Name }.Choose();

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "{Reason}")]
        public static partial void NoGpu(ILogger logger, string reason);

        [LoggerMessage(
            717,
            LogLevel.Warning,
            "The data folder is on a network file system ({FileSystem}): while this server runs, no other machine may open the "
            + "database in it.")]
        public static partial void NetworkFolder(ILogger logger, string fileSystem);
    }
}
