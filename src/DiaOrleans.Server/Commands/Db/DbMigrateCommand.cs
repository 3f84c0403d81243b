using System.CommandLine;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Commands.Db;

/// <summary>
/// <c>db migrate</c>: makes or upgrades the schema of a cluster's database. It may be repeated, and run twice at the same time.
/// </summary>
internal static class DbMigrateCommand
{
    private const string Application = "dia-orleans db";

    private static readonly Option<bool> Check = new("--check") { Description = "Change nothing; say what is missing (exit code 1)." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("migrate", "Makes or upgrades the tables of a cluster's database.") { SettingFlags.File, Check };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed), cancellation));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        try
        {
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), new Dictionary<string, string?>());
            if (options.Get<DatabaseOptions>().FindConnection(Application) is not { } connection)
                return Fail(DbExit.Usage, "There is no database: set Database (DIA_DATABASE or DIA_DATABASE_FILE).");
            using var database = NpgsqlDataSource.Create(connection);
            return parsed.GetValue(Check) ? Report(PostgresSchema.Compare(database)) : Migrate(database);
        }
        catch (SettingsException e)
        {
            return Fail(DbExit.Usage, e.Message);
        }
        catch (NpgsqlException e)
        {
            return Fail(DbExit.Unavailable, $"The database cannot be used: {e.Message}");
        }
    }

    private static int Report(SchemaState state)
    {
        if (state.Describe() is { } problem) return Fail(state.IsNewer ? DbExit.Newer : DbExit.Behind, problem);
        Console.WriteLine("The database has the schema of this release.");
        return DbExit.Done;
    }

    private static int Migrate(NpgsqlDataSource database)
    {
        foreach (var script in PostgresSchema.Migrate(database)) Console.WriteLine($"ran {script}");
        return Report(PostgresSchema.Compare(database));
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
