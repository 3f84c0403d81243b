using DiaOrleans.Grains;
using DiaOrleans.Grains.Retention;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.ClusterRecord;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace DiaOrleans.Server.Hosting;

/// <summary>Adds the silo of a server: alone, with its state in SQLite, or a member of a cluster, with its state in PostgreSQL.</summary>
internal static class ServerSilo
{
    /// <summary>A part of the keys of stored state: it never changes.</summary>
    public const string ServiceId = "dia-orleans";

    /// <summary>Adds the silo.</summary>
    /// <param name="builder">Builder of the server.</param>
    /// <param name="options">The settings.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="database">The database of the cluster; null in dev.</param>
    /// <exception cref="SettingsException">The address of the silo or its certificates cannot be used.</exception>
    public static void AddSilo(this WebApplicationBuilder builder, OptionsSet options, DataFolder data, NpgsqlDataSource? database)
    {
        if (database is null) AddSingleSilo(builder, options.Get<LocalSiloOptions>(), data);
        else AddMember(builder, options, database);
    }

    private static void AddSingleSilo(WebApplicationBuilder builder, LocalSiloOptions silo, DataFolder data)
    {
        builder.Services.AddSingleton<ICleanupStep, ClearedRows>();
        builder.UseOrleans(orleans =>
        {
            ConfigureSilo(orleans, silo);
            // Without a gateway: there are no clients outside of this process.
            var port = FreePorts.Fill(silo.SiloPort)[0];
            orleans.UseLocalhostClustering(port, gatewayPort: 0, serviceId: ServiceId, clusterId: silo.ClusterId);
            orleans.UseInMemoryReminderService();
            orleans.AddSqliteState(data.Database);
        });
    }

    private static void AddMember(WebApplicationBuilder builder, OptionsSet options, NpgsqlDataSource database)
    {
        var silo = options.Get<LocalSiloOptions>();
        // The container disposes of what it has made.
        builder.Services.AddSingleton(_ => database);
        var endpoint = SiloEndpoint.Find(silo);
        builder.Services.AddSingleton(endpoint);
        builder.Services.AddHostedService<NameClaim>();
        builder.Services.AddHostedService<SharedStoreCheck>();
        builder.Services.AddSingleton<ICleanupStep, PostgresClearedRows>();
        builder.UseOrleans(orleans =>
        {
            ConfigureSilo(orleans, silo);
            orleans.Configure<ClusterOptions>(cluster =>
            {
                cluster.ServiceId = ServiceId;
                cluster.ClusterId = silo.ClusterId;
            });
            orleans.UseCluster(endpoint, database);
            orleans.UseSiloTls(options.Get<SiloTlsOptions>());
            orleans.AddPostgresState(database);
            orleans.UseClusterRecord(options);
        });
        if (PodMembership.IsPod(silo)) builder.Services.AddPodWatch();
    }

    private static void ConfigureSilo(ISiloBuilder orleans, LocalSiloOptions silo)
    {
        orleans.Configure<SiloOptions>(o => o.SiloName = silo.Name);
        orleans.AddDiaGrains(silo.KeepsState);
        if (silo.Dashboard) orleans.AddDashboard();
    }
}
