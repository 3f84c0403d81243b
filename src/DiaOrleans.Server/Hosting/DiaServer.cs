using System.Text;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Telemetry;
using DiaOrleans.Server.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace DiaOrleans.Server.Hosting;

/// <summary>One process: a silo with its engine, and the HTTP API in front.</summary>
internal static class DiaServer
{
    private const string ServiceId = "dia-orleans";
    private const string ClusterId = "single-node";

    /// <summary>Bytes that a connection may send ahead of who reads them.</summary>
    private const int UnreadBytes = 128 << 10;

    /// <summary>Builds the application; <paramref name="data"/> must outlive it. What <paramref name="services"/> adds stands in for the usual parts.</summary>
    public static WebApplication Build(ServerOptions options, DataFolder data, IConfiguration? configuration = null, Action<IServiceCollection>? services = null)
    {
        SqliteDatabase.Prepare(data.Database);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (configuration is not null) builder.Configuration.AddConfiguration(configuration);
        var verbosity = new Verbosity();
        ConsoleLog.Add(builder, verbosity);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Every byte is a letter of it: what is no UTF-8 would be refused before our own answers, and what is echoed goes back as it came.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = BodyOptions.MaxBytes;
            kestrel.Limits.MaxRequestBufferSize = UnreadBytes;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options.Overrides());
        builder.Services.AddSingleton(options.Rendering());
        builder.Services.TryAddSingleton<IBlobStore>(new FolderBlobStore(data.Path));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds + 10));
        builder.UseOrleans(silo => ConfigureSilo(silo, options, data));
        builder.Services.AddSpeechEngine<OnnxSpeechEngineFactory>(options.Engine());
        builder.Services.AddSingleton(options.Jobs());
        builder.Services.AddJobRunner();
        builder.Services.AddSpeechRecognition(options.Recognition(data.Path));
        builder.Services.AddMaintenance();
        builder.Services.TryAddSingleton<IRecordingReader>(_ => RecordingReaders.Create(Path.Combine(data.Path, "decoding")));
        builder.Services.AddAudioPrompts(new PromptOptions { MaxPromptSeconds = options.MaxPromptSeconds });
        builder.AddDiaTelemetry(options.Telemetry(), options.Silo);
        builder.Services.AddApi(options.Api(), options.Origins(), options.Bodies(data.Path));
        // A browser cannot send the key with a link.
        builder.Services.AddSingleton(new WebPage(linkDashboard: options.Dashboard && string.IsNullOrWhiteSpace(options.ApiKey)));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        verbosity.Follow(app.Services.GetRequiredService<CurrentConfiguration>());
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
        silo.AddActivityPropagation();
        silo.AddDiaGrains();
        silo.AddSqliteState(data.Database);
        if (options.Dashboard) silo.AddDashboard();
    }
}
