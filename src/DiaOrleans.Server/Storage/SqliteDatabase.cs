using DbUp;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Storage;

/// <summary>The database of a single node: one SQLite file in WAL mode, its schema brought up to date at start.</summary>
internal static class SqliteDatabase
{
    private const string ScriptPrefix = "sqlite.";

    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, DefaultTimeout = 10 }.ToString();

    /// <exception cref="InvalidOperationException">The file is no database, or cannot be written.</exception>
    public static void Prepare(string file)
    {
        var connectionString = ConnectionString(file);
        try
        {
            UseWriteAheadLog(connectionString);
            var upgrade = DeployChanges.To.SqliteDatabase(connectionString)
                .WithScriptsEmbeddedInAssembly(typeof(SqliteDatabase).Assembly, name => name.StartsWith(ScriptPrefix, StringComparison.Ordinal))
                .WithVariablesDisabled()
                .WithTransactionPerScript()
                .LogTo(new NoOpUpgradeLog())
                .Build();
            if (upgrade.GetExecutedButNotDiscoveredScripts() is { Count: > 0 } newer)
                throw new InvalidOperationException($"{file} was written by a newer DiaOrleans, which added {string.Join(", ", newer)}. Run that one.");
            if (upgrade.PerformUpgrade() is { Successful: false } failed) throw failed.Error;
            // Cleared state leaves its row, so that a late write over it is a conflict. No grain is active yet: now nobody can be late.
            Execute(connectionString, "DELETE FROM OrleansStorage WHERE PayloadBinary IS NULL");
        }
        catch (SqliteException problem)
        {
            throw new InvalidOperationException($"{file} cannot be used as the database: {problem.Message}", problem);
        }
    }

    /// <summary>What to tell the user where the database is why a server does not start; null where something else is.</summary>
    public static string? Explain(Exception problem)
    {
        if (problem is InvalidOperationException { InnerException: SqliteException }) return problem.Message;
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            if (cause is SqliteException) return $"The database is damaged: {cause.Message}. Put a good copy of dia.db in its place, or move it away to begin anew.";
        }

        return null;
    }

    private static void UseWriteAheadLog(string connectionString)
    {
        if (Execute(connectionString, "PRAGMA journal_mode=WAL") is not "wal")
            throw new InvalidOperationException($"{new SqliteConnectionStringBuilder(connectionString).DataSource}: the file system does not allow SQLite's WAL mode.");
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
