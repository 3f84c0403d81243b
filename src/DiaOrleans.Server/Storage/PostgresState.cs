using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using Npgsql;
using Orleans.Configuration;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Registers the grain storage of a cluster: Orleans' ADO.NET storage on PostgreSQL.</summary>
internal static class PostgresState
{
    /// <summary>Orleans' name for PostgreSQL.</summary>
    public const string Invariant = "Npgsql";

    private const string Relational = "postgresql";

    /// <summary>Registers the storage <see cref="StateStorage.ProviderName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">The database, whose schema is this release's.</param>
    public static ISiloBuilder AddPostgresState(this ISiloBuilder silo, NpgsqlDataSource database)
    {
        silo.AddAdoNetGrainStorage(Relational, (AdoNetGrainStorageOptions storage) =>
        {
            storage.Invariant = Invariant;
            storage.DataSource = database;
            storage.GrainStorageSerializer = new StatePayload.Serializer();
        });
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            StateStorage.ProviderName,
            (provider, _) => new ObservedStorage(
                new PayloadStorage(
                    new DatabaseFaults(new PrefixedKeyStorage(provider.GetRequiredKeyedService<IGrainStorage>(Relational)))),
                provider.GetRequiredService<DiaMetrics>()));
        return silo;
    }
}
