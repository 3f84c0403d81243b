using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Npgsql;
using Orleans.Storage;

namespace DiaOrleans.Cluster.Tests.Storage;

/// <summary>A silo of a cluster of its own in this process, whose state is in PostgreSQL, without an engine and without HTTP.</summary>
internal sealed class PostgresSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private PostgresSilo(IHost host, NpgsqlDataSource database)
    {
        _host = host;
        Database = database;
    }

    public NpgsqlDataSource Database { get; }

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(StateStorage.ProviderName);

    public IStateBatches Batches => _host.Services.GetRequiredService<IStateBatches>();

    /// <param name="connection">Connection string of a migrated database.</param>
    public static async Task<PostgresSilo> Start(string connection)
    {
        var database = NpgsqlDataSource.Create(connection);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IBlobStore>(new FolderBlobStore(Path.GetTempPath()));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePorts.Fill(0)[0], gatewayPort: 0, serviceId: "dia-orleans", clusterId: "test")
            .AddDiaGrains()
            .AddPostgresState(database));
        var host = builder.Build();
        await host.StartAsync();
        return new PostgresSilo(host, database);
    }

    public IVoiceGrain Voice(string id) => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IVoiceGrain>(id);

    public async Task<long> Count(string condition)
    {
        await using var command = Database.CreateCommand($"SELECT count(*) FROM OrleansStorage WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Database.DisposeAsync();
    }
}
