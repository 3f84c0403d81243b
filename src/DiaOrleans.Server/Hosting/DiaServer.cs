using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace DiaOrleans.Server.Hosting;

/// <summary>One process: a silo with its engine, and the HTTP API in front.</summary>
internal static class DiaServer
{
    private const string ServiceId = "dia-orleans";
    private const string ClusterId = "single-node";

    /// <summary>Builds the application; <paramref name="data"/> must outlive it.</summary>
    public static WebApplication Build(ServerOptions options, DataFolder data, IConfiguration? configuration = null)
    {
        SqliteDatabase.Prepare(data.Database);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (configuration is not null) builder.Configuration.AddConfiguration(configuration);
        AddLogging(builder, options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds + 10));
        builder.UseOrleans(silo => ConfigureSilo(silo, options, data));
        builder.Services.AddSpeechEngine<OnnxSpeechEngineFactory>(new EngineHostOptions { DrainLimit = TimeSpan.FromSeconds(options.DrainSeconds) });
        builder.Services.AddSingleton(new JobOptions { MaxPendingJobs = options.MaxPendingJobs, Slots = options.Slots });
        builder.Services.AddJobRunner();
        builder.Services.TryAddSingleton<IBlobStore>(new FolderBlobStore(data.Path));
        builder.Services.AddSingleton(new RenderingOptions
        {
            Temperature = options.Temperature,
            CfgScale = options.CfgScale,
            TopP = options.TopP,
            MaxSegmentBytes = options.MaxSegmentBytes,
            MaxPromptSeconds = options.MaxPromptSeconds,
        });
        builder.Services.AddApi(new ApiOptions { ApiKey = options.ApiKey, DefaultFormat = options.DefaultFormat, VoiceAliases = options.VoicesByAlias });
        var app = builder.Build();
        app.MapApi();
        if (options.Dashboard) app.MapOrleansDashboard(routePrefix: "/dashboard");
        app.Lifetime.ApplicationStarted.Register(() => data.Announce(Port(app)));
        return app;
    }

    /// <summary>Starts, serves until told to stop, drains and stops.</summary>
    public static async Task Run(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // What has started must stop in order: a process that ends while a model is being read crashes in native code.
            await app.StopAsync();
            throw;
        }

        await app.WaitForShutdownAsync();
    }

    private static int Port(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private static void ConfigureSilo(ISiloBuilder silo, ServerOptions options, DataFolder data)
    {
        var ports = FreePorts.Fill(options.SiloPort, options.GatewayPort);
        silo.UseLocalhostClustering(ports[0], ports[1], serviceId: ServiceId, clusterId: ClusterId);
        silo.Configure<SiloOptions>(o => o.SiloName = options.Silo);
        silo.AddDiaGrains();
        silo.AddSqliteState(data.Database);
        if (options.Dashboard) silo.AddDashboard();
    }

    private static void AddLogging(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // It warns of settings that suit a server farm and of clocks that virtual machines lack.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.Logging.AddFilter("DiaOrleans", options.Debug ? LogLevel.Debug : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        if (builder.Configuration.GetSection("Logging") is { } section && section.Exists()) builder.Logging.AddConfiguration(section);
    }
}
