using DiaOrleans.Grains.State;
using Npgsql;

namespace DiaOrleans.Server.Storage;

/// <summary>Registers the grain storage of a cluster: Orleans' ADO.NET storage on PostgreSQL.</summary>
internal static class PostgresState
{
    /// <summary>Orleans' name for PostgreSQL.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>Registers the storage <see cref="StateStorage.ProviderName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">The database, whose schema is this release's.</param>
    public static ISiloBuilder AddPostgresState(this ISiloBuilder silo, NpgsqlDataSource database) => silo.AddRelationalState(
        storage =>
        {
            storage.Invariant = Invariant;
            storage.DataSource = database;
        },
        (_, stored) => new DatabaseFaults(stored));
}
