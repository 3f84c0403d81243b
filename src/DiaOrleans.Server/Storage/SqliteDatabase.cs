using DbUp;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Storage;

/// <summary>The database of a single node: one SQLite file in WAL mode. Its schema is upgraded at start.</summary>
internal static class SqliteDatabase
{
    private const string ScriptPrefix = "sqlite.";
    private const int LockTimeoutSeconds = 10;

    /// <summary>SQLITE_BUSY.</summary>
    private const int Busy = 5;

    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWriteCreate,
        DefaultTimeout = LockTimeoutSeconds,
    }.ToString();

    /// <summary>Creates the database or upgrades its schema, and deletes cleared rows. Call it before the silo starts.</summary>
    /// <exception cref="InvalidOperationException">
    /// The file is not a database, a newer release has written it, or it cannot be written.
    /// </exception>
    public static void Prepare(string file)
    {
        var connectionString = ConnectionString(file);
        // SQLite gives its other files the permissions of the database; those that exist may be of a release that did not restrict them.
        foreach (var suffix in (string[])["", "-wal", "-shm"]) PrivateFiles.Restrict(file + suffix);
        try
        {
            UseWriteAheadLog(connectionString);
            var upgrade = DeployChanges.To.SqliteDatabase(connectionString)
                .WithScriptsEmbeddedInAssembly(typeof(SqliteDatabase).Assembly, IsScript)
                .WithVariablesDisabled()
                .WithTransactionPerScript()
                .LogTo(new NoOpUpgradeLog())
                .Build();
            if (upgrade.GetExecutedButNotDiscoveredScripts() is { Count: > 0 } newer)
            {
                throw new InvalidOperationException(
                    $"{file} was written by a newer release of DiaOrleans, which added {string.Join(", ", newer)}. Run that release.");
            }

            if (upgrade.PerformUpgrade() is { Successful: false } failed) throw failed.Error;
            // Clearing a state leaves its row, so that a write based on an older version is a conflict. Before the silo starts there are
            // no such writes.
            Execute(connectionString, "DELETE FROM OrleansStorage WHERE PayloadBinary IS NULL");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Busy)
        {
            throw new InvalidOperationException(
                $"{file} is locked: another program uses it, or its file system has no locks that SQLite can use, as SMB without nobrl.",
                e);
        }
        catch (SqliteException e)
        {
            throw new InvalidOperationException($"{file} cannot be used as the database: {e.Message}", e);
        }
    }

    /// <summary>Changes rows.</summary>
    /// <param name="file">Path of the database.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="before">Value of its parameter <c>$before</c>, UTC.</param>
    /// <returns>Number of rows.</returns>
    public static int Change(string file, string sql, DateTime before)
    {
        using var connection = new SqliteConnection(ConnectionString(file));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$before", before);
        return command.ExecuteNonQuery();
    }

    /// <summary>A message for the user if the database is the reason why the server does not start, else null.</summary>
    public static string? Explain(Exception failure)
    {
        if (failure is InvalidOperationException { InnerException: SqliteException }) return failure.Message;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SqliteException)
                return $"The database is damaged: {cause.Message}. Replace dia.db by a good copy, or move it away to start without one.";
        }

        return null;
    }

    private static bool IsScript(string resource) => resource.StartsWith(ScriptPrefix, StringComparison.Ordinal);

    private static void UseWriteAheadLog(string connectionString)
    {
        if (Execute(connectionString, "PRAGMA journal_mode=WAL") is "wal") return;
        var file = new SqliteConnectionStringBuilder(connectionString).DataSource;
        throw new InvalidOperationException($"{file}: the file system does not allow SQLite's WAL mode.");
    }

    private static object? Execute(string connectionString, string sql)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
