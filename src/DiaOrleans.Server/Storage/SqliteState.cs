using DiaOrleans.Grains.State;

namespace DiaOrleans.Server.Storage;

/// <summary>Registers the grain storage of a single node: Orleans' ADO.NET storage on <see cref="SqliteDatabase"/>.</summary>
internal static class SqliteState
{
    // Orleans' name for SQLite. The driver that it loads for this name is Microsoft.Data.Sqlite.
    private const string Invariant = "System.Data.SQLite";

    /// <summary>Registers the storage <see cref="StateStorage.ProviderName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">Path of the database file, which <see cref="SqliteDatabase.Prepare"/> has prepared.</param>
    public static ISiloBuilder AddSqliteState(this ISiloBuilder silo, string database)
    {
        var source = new SqliteSource(database);
        // The container disposes of what it got from a factory.
        silo.Services.AddSingleton(_ => source);
        return silo.AddRelationalState(
            storage =>
            {
                storage.Invariant = Invariant;
                storage.DataSource = source;
            },
            (provider, stored) => new ThreadPoolStorage(stored, new WriteGroups(provider.GetRequiredService<SqliteSource>())));
    }
}
