using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using Orleans.Configuration;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Grain state of a single node: Orleans' ADO.NET storage on <see cref="SqliteDatabase"/>.</summary>
internal static class SqliteState
{
    // The invariant that Orleans knows SQLite by; the driver that it loads for it is Microsoft.Data.Sqlite.
    private const string Invariant = "System.Data.SQLite";
    private const string Relational = "sqlite";

    /// <summary>Offers the storage that the grains ask for. The database must have been prepared.</summary>
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
            (provider, _) => new ObservedStorage(
                new OffTurnStorage(new ExactKeyStorage(provider.GetRequiredKeyedService<IGrainStorage>(Relational))), provider.GetRequiredService<DiaMetrics>()));
        return silo;
    }
}
