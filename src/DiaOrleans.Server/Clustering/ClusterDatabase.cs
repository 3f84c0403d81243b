using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Clustering;

/// <summary>Finds the database of a cluster in the settings.</summary>
internal static class ClusterDatabase
{
    /// <summary>The database of a member of a cluster, whose schema is this release's; null in dev.</summary>
    /// <exception cref="SettingsException">
    /// The role has no database, or dev has one; the database cannot be used, or its schema is not this release's.
    /// </exception>
    public static NpgsqlDataSource? Find(LocalSiloOptions silo, DatabaseOptions options)
    {
        var connection = options.FindConnection($"dia-orleans {silo.Name}");
        if (connection is null && silo.IsMember)
        {
            throw Wrong(
                $"role is {silo.Role}, which needs a database; expected Database (DIA_DATABASE or DIA_DATABASE_FILE), a connection string "
                + "of PostgreSQL. Without one the role is dev: one process with its state in SQLite.");
        }

        if (connection is null) return null;
        if (!silo.IsMember)
        {
            throw Wrong(
                "role is dev, which is one process with its state in SQLite, but Database is set; expected role all, api or gpu, or no "
                + "Database.");
        }

        var database = NpgsqlDataSource.Create(connection);
        try
        {
            PostgresSchema.Require(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static SettingsException Wrong(string message) => new(message) { Setting = nameof(LocalSiloOptions.Role) };
}
