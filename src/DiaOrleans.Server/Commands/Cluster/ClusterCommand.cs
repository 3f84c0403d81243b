using System.CommandLine;
using DiaOrleans.Server.ClusterRecord;
using DiaOrleans.Server.Commands.Db;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;
using Orleans.Storage;

namespace DiaOrleans.Server.Commands.Cluster;

/// <summary>
/// <c>cluster</c>: shows and changes the settings that all silos of a cluster share, in its database. Silos that run apply a change within
/// seconds; none need run.
/// </summary>
internal static class ClusterCommand
{
    private const string Application = "dia-orleans cluster";

    private static readonly Argument<string[]> Changes = new("NAME=VALUE")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "A setting and its value; without a value the setting gets its default.",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var show = new Command("show", "Shows the settings that all silos share.") { SettingFlags.File };
        show.SetAction((parsed, _) => Run(parsed, Show));
        var set = new Command("set", "Changes settings that all silos share, while they run.") { SettingFlags.File, Changes };
        set.SetAction((parsed, _) => Run(parsed, row => Set(row, parsed.GetValue(Changes)!)));
        return new Command("cluster", "The settings that all silos of a cluster share (DIA_DATABASE, DIA_DATABASE_FILE).") { show, set };
    }

    private static async Task<int> Run(ParseResult parsed, Func<RecordRow, Task> action)
    {
        try
        {
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), new Dictionary<string, string?>());
            if (options.Get<DatabaseOptions>().FindConnection(Application) is not { } connection)
                return Fail(DbExit.Usage, "There is no database: set Database (DIA_DATABASE or DIA_DATABASE_FILE).");
            await using var database = NpgsqlDataSource.Create(connection);
            PostgresSchema.Require(database);
            await using var state = await OpenedState.Open(database);
            await action(new RecordRow(state.Storage));
            return DbExit.Done;
        }
        catch (SettingsException e)
        {
            return Fail(DbExit.Usage, e.Message);
        }
        catch (Exception e) when (e is NpgsqlException or InconsistentStateException)
        {
            return Fail(DbExit.Unavailable, $"The database cannot be used: {e.Message}");
        }
    }

    private static async Task Show(RecordRow row)
    {
        if (await row.Read() is not { } record) Console.WriteLine("No silo has started yet: the first one writes its settings.");
        else Write(record);
    }

    private static async Task Set(RecordRow row, IReadOnlyList<string> changes)
    {
        var pairs = changes.Select(Split).ToArray();
        Write(await row.Change(stored => pairs.Aggregate(
            stored ?? RecordValues.Defaults,
            (record, change) => record.With(change.Key, change.Value))));
    }

    private static KeyValuePair<string, string> Split(string change)
    {
        var sign = change.IndexOf('=', StringComparison.Ordinal);
        if (sign < 1) throw new SettingsException($"'{change}' is no change; expected NAME=VALUE, such as Temperature=1.1.");
        return KeyValuePair.Create(change[..sign].Trim(), change[(sign + 1)..].Trim());
    }

    private static void Write(RecordValues record)
    {
        foreach (var setting in RecordValues.Settings) Console.WriteLine($"{setting.Name,-16} {record.Show(setting.Name)}");
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
