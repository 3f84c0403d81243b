using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>Whether the store of recordings and results can be used: a blob is written, read and deleted.</summary>
internal static class BlobCheck
{
    private const string Check = "blobs";
    private const string Folder = "doctor";

    /// <summary>A store that needs longer than this for some small requests is of no use.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Runs the check. It leaves nothing that was not there.</summary>
    /// <param name="data">Path of the data folder.</param>
    /// <param name="blobs">Where the blobs are.</param>
    /// <param name="databaseOptions">The database of a cluster.</param>
    /// <param name="getVariable">The value of an environment variable by its name.</param>
    public static async Task<Finding> Run(
        string data,
        BlobOptions blobs,
        DatabaseOptions databaseOptions,
        Func<string, string?> getVariable)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var connection = databaseOptions.FindConnection("dia-orleans doctor");
            await using var database = connection is null ? null : NpgsqlDataSource.Create(connection);
            var store = BlobPlaces.Open(blobs, Path.GetFullPath(data), database, getVariable, TimeProvider.System);
            using var client = store as IDisposable;
            var isFolder = blobs.Place == BlobPlace.Folder;
            return await (isFolder ? TryFolder(store, blobs.FolderIn(Path.GetFullPath(data))) : Try(store, limit.Token))
                ? new(Check, Verdict.Ok, $"{Name(blobs)} can be written and read")
                : new(Check, Verdict.Problem, $"{Name(blobs)} does not give back what was written");
        }
        catch (SettingsException e)
        {
            return new(Check, Verdict.Problem, e.Message);
        }
        catch (OperationCanceledException)
        {
            return new(Check, Verdict.Problem, $"{Name(blobs)} did not answer within {Limit.TotalSeconds:0} seconds", Advise(blobs));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NpgsqlException)
        {
            return new(Check, Verdict.Problem, $"{Name(blobs)} cannot be used: {(e.InnerException ?? e).Message}", Advise(blobs));
        }
    }

    private static string Name(BlobOptions blobs) =>
        blobs is { Place: BlobPlace.Folder, BlobFolder: null } ? "the data folder" : blobs.Describe();

    private static string Advise(BlobOptions blobs) => blobs.Place switch
    {
        BlobPlace.S3 => "Compare DIA_S3_ENDPOINT, DIA_S3_BUCKET and the rights of the key with those of the store.",
        BlobPlace.Database => "Check the database: ./run.sh db migrate --check",
        _ => "Choose a folder that this user may write with --data or DIA_BLOB_FOLDER.",
    };

    private static async Task<bool> Try(IBlobStore store, CancellationToken stop)
    {
        var key = $"{Folder}/{Guid.NewGuid():N}.txt";
        byte[] content = [1, 2, 3];
        await store.Write(key, content, stop);
        try
        {
            return await store.ReadAll(key, content.Length, stop) is { } read && read.AsSpan().SequenceEqual(content);
        }
        finally
        {
            await store.Delete(key, stop);
        }
    }

    private static async Task<bool> TryFolder(IBlobStore store, string root)
    {
        var existed = Directory.Exists(root);
        try
        {
            return await Try(store, CancellationToken.None);
        }
        finally
        {
            DeleteIfEmpty(Path.Combine(root, Folder));
            if (!existed) DeleteIfEmpty(root);
        }
    }

    private static void DeleteIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }
}
