using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>Whether the database can be used. In a data folder the check writes one of its own and deletes it.</summary>
internal static class DatabaseCheck
{
    private const string Check = "database";

    /// <summary>Runs the check: on the database of a cluster if the settings name one. It leaves nothing that was not there.</summary>
    /// <param name="data">Path of the data folder.</param>
    /// <param name="options">The database of a cluster.</param>
    public static Finding Run(string data, DatabaseOptions options)
    {
        try
        {
            return options.FindConnection("dia-orleans doctor") is { } connection ? CheckCluster(connection) : CheckFolder(data);
        }
        catch (SettingsException e)
        {
            return new(Check, Verdict.Problem, e.Message);
        }
    }

    private static Finding CheckCluster(string connection)
    {
        using var database = NpgsqlDataSource.Create(connection);
        PostgresSchema.Require(database);
        using var open = database.OpenConnection();
        return new(Check, Verdict.Ok, $"PostgreSQL {open.PostgreSqlVersion} at {open.Host} has the schema of this release");
    }

    private static Finding CheckFolder(string data)
    {
        var folder = Path.GetFullPath(data);
        var existed = Directory.Exists(folder);
        var file = Path.Combine(folder, $"doctor-{Guid.NewGuid():N}.db");
        try
        {
            Directory.CreateDirectory(folder);
            SqliteDatabase.Prepare(file);
            return new(Check, Verdict.Ok, $"SQLite {ReadVersion(file)} writes to {data}");
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException or SqliteException)
        {
            return new(Check, Verdict.Problem, e.Message, "Choose a folder that this user may write with --data.");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (var suffix in (string[])["", "-wal", "-shm"]) TryDelete(file + suffix);
            if (!existed && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
    }

    private static object? ReadVersion(string file)
    {
        using var connection = new SqliteConnection(SqliteDatabase.ConnectionString(file));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sqlite_version()";
        return command.ExecuteScalar();
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder cannot be written: the check has found that.
        }
    }
}
