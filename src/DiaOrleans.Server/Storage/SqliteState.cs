using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using Orleans.Configuration;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Registers the grain storage of a single node: Orleans' ADO.NET storage on <see cref="SqliteDatabase"/>.</summary>
internal static class SqliteState
{
    // Orleans' name for SQLite. The driver that it loads for this name is Microsoft.Data.Sqlite.
    private const string Invariant = "System.Data.SQLite";
    private const string Relational = "sqlite";

    /// <summary>Registers the storage <see cref="StateStorage.ProviderName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">Path of the database file, which <see cref="SqliteDatabase.Prepare"/> has prepared.</param>
    public static ISiloBuilder AddSqliteState(this ISiloBuilder silo, string database)
    {
        silo.AddAdoNetGrainStorage(Relational, (AdoNetGrainStorageOptions storage) =>
        {
            storage.Invariant = Invariant;
            storage.ConnectionString = SqliteDatabase.ConnectionString(database);
            storage.GrainStorageSerializer = new StatePayload.Serializer();
        });
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            StateStorage.ProviderName,
            (provider, _) =>
            {
                var stored = new PrefixedKeyStorage(provider.GetRequiredKeyedService<IGrainStorage>(Relational));
                var metrics = provider.GetRequiredService<DiaMetrics>();
                return new ObservedStorage(new PayloadStorage(new ThreadPoolStorage(stored)), metrics);
            });
        return silo;
    }
}
