using System.CommandLine;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Importing;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Commands.Db;

/// <summary>
/// <c>db import DATA</c>: moves the data folder of a single server, which is stopped, into a cluster that is new. It may be repeated.
/// </summary>
internal static class DbImportCommand
{
    private static readonly Argument<string> Source = new("DATA") { Description = "Data folder of a server that is stopped." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("import", "Moves the data folder of a single server into a new cluster.") { Source, SettingFlags.File };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var folder = Path.GetFullPath(parsed.GetRequiredValue(Source));
            if (!File.Exists(Path.Combine(folder, "dia.db"))) return Fail(DbExit.Usage, $"{folder} is no data folder: it has no dia.db.");
            var (options, _) = ServerSettings.Read(parsed.GetValue(SettingFlags.File), new Dictionary<string, string?>());
            if (options.Get<DatabaseOptions>().FindConnection("dia-orleans import") is not { } connection)
                return Fail(DbExit.Usage, "There is no database: set Database (DIA_DATABASE or DIA_DATABASE_FILE).");
            await using var database = NpgsqlDataSource.Create(connection);
            PostgresSchema.Require(database);
            using var data = DataFolder.Open(folder, 0, TimeProvider.System);
            var blobs = OpenBlobs(options.Get<BlobOptions>(), data.Path, database);
            await new DataImport(data, database, blobs, Console.Out).Run(cancellation);
            return DbExit.Done;
        }
        catch (SettingsException e)
        {
            return Fail(DbExit.Usage, e.Message);
        }
        catch (ImportRefusedException e)
        {
            return Fail(DbExit.Refused, e.Message);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return Fail(DbExit.Unavailable, e.Message);
        }
        catch (NpgsqlException e)
        {
            return Fail(DbExit.Unavailable, $"The database cannot be used: {e.Message}");
        }
    }

    private static IBlobStore OpenBlobs(BlobOptions options, string data, NpgsqlDataSource database)
    {
        if (options.Place == BlobPlace.Folder && options.FolderIn(data) == data)
        {
            throw new ImportRefusedException(
                "The blobs go into the store of the cluster: set BlobFolder (DIA_BLOB_FOLDER) to a folder that all silos share, or Blobs "
                + "(DIA_BLOBS) to database or s3.");
        }

        return BlobPlaces.Open(options, data, database, Environment.GetEnvironmentVariable, TimeProvider.System);
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
