using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Tests.Storage;

/// <summary>A silo with the real grains on a real database, without an engine or a web server.</summary>
internal sealed class StateSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private StateSilo(IHost host) => _host = host;

    public IVoiceCatalogGrain Catalog => Grains.GetGrain<IVoiceCatalogGrain>(0);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _host.Services;

    /// <param name="database">Path of the database file, which is made if it is missing.</param>
    /// <param name="services">Adds services of the silo.</param>
    public static async Task<StateSilo> Start(string database, Action<IServiceCollection>? services = null)
    {
        SqliteDatabase.Prepare(database);
        var ports = FreePorts.Fill(0, 0);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IBlobStore>(new FolderBlobStore(Path.GetDirectoryName(database)!));
        services?.Invoke(builder.Services);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1], serviceId: "dia-orleans", clusterId: "test")
            .AddDiaGrains()
            .AddSqliteState(database));
        var host = builder.Build();
        await host.StartAsync();
        return new StateSilo(host);
    }

    public IVoiceGrain Voice(string id) => Grains.GetGrain<IVoiceGrain>(id);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
