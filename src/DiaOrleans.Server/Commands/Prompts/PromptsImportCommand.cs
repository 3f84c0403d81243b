using System.CommandLine;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Commands.Prompts;

/// <summary>
/// <c>prompts import DIR</c>: loads the recordings of a folder, with their transcripts, into the blob store of the settings. It may be
/// repeated, and run beside servers. Exit codes: 0 done; 1 a file was skipped; 2 a wrong argument or setting; 5 the store cannot be used.
/// </summary>
internal static class PromptsImportCommand
{
    private const int Skipped = 1;
    private const int Usage = 2;
    private const int Unavailable = 5;

    private static readonly Argument<string> Source = new("DIR") { Description = "Folder of recordings and their text files." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("import", "Loads a folder of recordings, with their transcripts, into the blob store.")
        {
            Source,
            SettingFlags.File,
            SettingFlags.Data.Option,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var folder = parsed.GetRequiredValue(Source);
            if (!Directory.Exists(folder)) return Fail(Usage, $"There is no folder {folder}.");
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), SettingFlags.Read(parsed));
            await using var database = OpenDatabase(options);
            var blobs = BlobServices.OpenLimited(Path.GetFullPath(options.Get<DataOptions>().Data), options, database);
            return await Import(new PromptImport(blobs), folder, cancellation);
        }
        catch (SettingsException e)
        {
            return Fail(Usage, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(Unavailable, e.Message);
        }
    }

    private static NpgsqlDataSource? OpenDatabase(OptionsSet options)
    {
        if (options.Get<DatabaseOptions>().FindConnection("dia-orleans prompts") is not { } connection) return null;
        var database = NpgsqlDataSource.Create(connection);
        PostgresSchema.Require(database);
        return database;
    }

    private static async Task<int> Import(PromptImport import, string folder, CancellationToken cancellation)
    {
        var counts = new Dictionary<ImportOutcome, int>();
        await foreach (var file in import.Run(folder, cancellation))
        {
            counts[file.Outcome] = counts.GetValueOrDefault(file.Outcome) + 1;
            var word = file.Outcome.ToString().ToLowerInvariant();
            Console.WriteLine(file.Reason is null ? $"{word} {file.Name}" : $"{word} {file.Name}: {file.Reason}");
        }

        var skipped = counts.GetValueOrDefault(ImportOutcome.Skipped);
        Console.WriteLine(
            $"{counts.GetValueOrDefault(ImportOutcome.Stored)} stored, {counts.GetValueOrDefault(ImportOutcome.Unchanged)} unchanged, "
            + $"{skipped} skipped. A server registers them at its start, or at POST /audio_prompts/discover.");
        return skipped > 0 ? Skipped : 0;
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
