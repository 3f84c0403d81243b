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
        }
        catch (SqliteException problem)
        {
            throw new InvalidOperationException($"{file} cannot be used as the database: {problem.Message}", problem);
        }
    }

    private static void UseWriteAheadLog(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        if (command.ExecuteScalar() is not "wal") throw new InvalidOperationException($"{connection.DataSource}: the file system does not allow SQLite's WAL mode.");
    }
}
