using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Npgsql;
using Orleans.Storage;

namespace DiaOrleans.Server.Commands.Cluster;

/// <summary>
/// The grain state of a cluster's database, opened by a command. Orleans' storage needs a silo: this one is the only member of a cluster of
/// its own, on loopback, and runs no grain.
/// </summary>
internal sealed class OpenedState : IAsyncDisposable
{
    private readonly IHost _host;

    private OpenedState(IHost host) => _host = host;

    /// <summary>The storage.</summary>
    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(StateStorage.ProviderName);

    /// <summary>Opens the state.</summary>
    /// <param name="database">The database, whose schema is this release's.</param>
    public static async Task<OpenedState> Open(NpgsqlDataSource database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddMetrics().AddSingleton<DiaMetrics>();
        var port = FreePorts.Fill(0)[0];
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(port, gatewayPort: 0, serviceId: ServerSilo.ServiceId, clusterId: $"command-{Guid.NewGuid():N}")
            .AddPostgresState(database));
        var host = builder.Build();
        await host.StartAsync();
        return new OpenedState(host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
