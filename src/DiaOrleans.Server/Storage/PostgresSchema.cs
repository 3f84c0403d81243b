using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// The schema of a cluster's database. The command <c>db migrate</c> makes and upgrades it; a silo only compares it with its release.
/// </summary>
internal static class PostgresSchema
{
    private const string ScriptPrefix = "postgresql.";
    private const string Journal = "dia_schema";

    /// <summary>Two migrations at the same time run one after the other. The number is only this program's.</summary>
    private const long LockKey = 0x6469_615F_6462;

    /// <summary>Names of the scripts of this release, in the order in which they run.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
        [.. typeof(PostgresSchema).Assembly.GetManifestResourceNames().Where(IsScript).Order(StringComparer.Ordinal)];

    /// <summary>Compares a database with this release.</summary>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public static SchemaState Compare(NpgsqlDataSource database)
    {
        using var connection = database.OpenConnection();
        return Compare(connection);
    }

    /// <summary>Requires that a database has the schema of this release.</summary>
    /// <exception cref="SettingsException">It has not, or it cannot be used; the message says what to do.</exception>
    public static void Require(NpgsqlDataSource database)
    {
        try
        {
            if (Compare(database).Describe() is { } problem) throw Wrong(problem, null);
        }
        catch (NpgsqlException e)
        {
            throw Wrong($"The database cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Runs the scripts that a database lacks, each in a transaction of its own.</summary>
    /// <returns>Names of the scripts that ran; none if the database is newer than this release.</returns>
    /// <exception cref="NpgsqlException">The database cannot be used, or a script failed and was rolled back.</exception>
    public static IReadOnlyList<string> Migrate(NpgsqlDataSource database)
    {
        using var connection = database.OpenConnection();
        Execute(connection, $"SELECT pg_advisory_lock({LockKey})");
        try
        {
            if (Compare(connection) is { IsCurrent: true } or { IsNewer: true }) return [];
            var result = Build(database).PerformUpgrade();
            if (!result.Successful) throw result.Error;
            return [.. result.Scripts.Select(script => script.Name)];
        }
        finally
        {
            Execute(connection, $"SELECT pg_advisory_unlock({LockKey})");
        }
    }

    private static UpgradeEngine Build(NpgsqlDataSource database) => DeployChanges.To
        .PostgresqlDatabase(new PostgresqlConnectionManager(database))
        .JournalToPostgresqlTable(null, Journal)
        .WithScriptsEmbeddedInAssembly(typeof(PostgresSchema).Assembly, IsScript)
        .WithVariablesDisabled()
        .WithTransactionPerScript()
        .LogTo(new NoOpUpgradeLog())
        .Build();

    private static SchemaState Compare(NpgsqlConnection connection)
    {
        var applied = new List<string>();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT to_regclass('{Journal}') IS NOT NULL";
        if (command.ExecuteScalar() is true)
        {
            command.CommandText = $"SELECT ScriptName FROM {Journal} ORDER BY ScriptName";
            using var rows = command.ExecuteReader();
            while (rows.Read()) applied.Add(rows.GetString(0));
        }

        return new SchemaState(
            [.. Scripts.Except(applied, StringComparer.Ordinal)],
            [.. applied.Except(Scripts, StringComparer.Ordinal)]);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        // Another migration may take long.
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    private static bool IsScript(string resource) => resource.StartsWith(ScriptPrefix, StringComparison.Ordinal);

    private static SettingsException Wrong(string message, Exception? cause) =>
        new(message, cause) { Setting = nameof(DatabaseOptions.Database) };
}

/// <summary>How the schema of a database differs from this release's.</summary>
/// <param name="Missing">Scripts that have not run in it.</param>
/// <param name="Unknown">Scripts that have run in it and are not of this release.</param>
internal sealed record SchemaState(IReadOnlyList<string> Missing, IReadOnlyList<string> Unknown)
{
    /// <summary>Whether it is the schema of this release.</summary>
    public bool IsCurrent => Missing.Count == 0 && Unknown.Count == 0;

    /// <summary>Whether a newer release has migrated the database.</summary>
    public bool IsNewer => Unknown.Count > 0;

    /// <summary>The difference and what to do about it, for the user; null if there is none.</summary>
    public string? Describe()
    {
        if (IsCurrent) return null;
        return IsNewer
            ? $"The database was migrated by a newer release of DiaOrleans, which added {string.Join(", ", Unknown)}. Run that release."
            : $"The database lacks {string.Join(", ", Missing)} of the schema of this release. Run once: ./run.sh db migrate";
    }
}
