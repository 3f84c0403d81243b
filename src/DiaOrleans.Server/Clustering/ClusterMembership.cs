using DiaOrleans.Server.Storage;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Metadata;
using Orleans.Placement;

namespace DiaOrleans.Server.Clustering;

/// <summary>Makes a silo a member of a cluster whose table of members and reminders are in PostgreSQL.</summary>
internal static class ClusterMembership
{
    /// <summary>
    /// A silo that is killed is evicted after about 3 s, one that hangs after about 10 s. The least and the largest time limit of a probe
    /// are set too: Orleans learns a limit between them, and does not count votes against a silo that has sent something within three times
    /// the largest.
    /// </summary>
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A member that has not written that it is alive for three periods is not waited for. A cluster that starts without one of its silos
    /// is up some seconds after that time.
    /// </summary>
    private static readonly TimeSpan AlivePeriod = TimeSpan.FromSeconds(4);

    /// <summary>Adds the table of members, the reminders and the placement of grains by role.</summary>
    /// <param name="orleans">The silo.</param>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="database">The database.</param>
    public static ISiloBuilder UseCluster(this ISiloBuilder orleans, SiloEndpoint endpoint, NpgsqlDataSource database) => orleans
        // A grain that reads the table of members while the database is away fails with the driver's exception, which its caller gets.
        .Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Npgsql)))
        .Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = endpoint.Advertised.Address;
            options.SiloPort = endpoint.Advertised.Port;
            options.SiloListeningEndpoint = endpoint.Listening;
            // Clients speak HTTP: no client of the cluster connects from outside.
            options.GatewayPort = 0;
        })
        .Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = Probe;
            options.MinProbeTimeout = Probe / 2;
            options.MaxProbeTimeout = Probe * 1.5;
            options.NumMissedProbesLimit = 3;
            options.TableRefreshTimeout = AlivePeriod;
            options.IAmAliveTablePublishTimeout = AlivePeriod;
            options.NumMissedTableIAmAliveLimit = 3;
            options.MaxJoinAttemptTime = TimeSpan.FromSeconds(45);
        })
        .UseAdoNetClustering((AdoNetClusteringSiloOptions options) =>
        {
            options.Invariant = PostgresState.Invariant;
            options.DataSource = database;
        })
        .ConfigureServices(services => services
            .AddSingleton<IGrainPropertiesProvider, RoleProperties>()
            .AddPlacementFilter<RolePlacement, RolePlacementDirector>(ServiceLifetime.Singleton))
        .UseAdoNetReminderService((AdoNetReminderTableOptions options) =>
        {
            options.Invariant = PostgresState.Invariant;
            options.DataSource = database;
        });
}
