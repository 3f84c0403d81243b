using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Importing;

/// <summary>
/// Moves what a single server has stored into a cluster that is new: first the blobs, then, in one transaction, the grain state. After a
/// break the same folder is continued; nothing is stored twice. The data folder keeps all.
/// </summary>
/// <param name="data">The data folder, held by this process: no server may change it.</param>
/// <param name="database">Database of the cluster, with the schema of this release.</param>
/// <param name="blobs">Blob store of the cluster.</param>
/// <param name="report">Receives lines for the user.</param>
internal sealed class DataImport(DataFolder data, NpgsqlDataSource database, IBlobStore blobs, TextWriter report)
{
    /// <summary>File of the data folder with its id.</summary>
    private const string IdFile = "import-id.txt";

    /// <summary>One import at a time. The number is only this program's.</summary>
    private const long LockKey = 0x6469_615F_696D;

    private readonly BlobImport _blobs = new(new FolderBlobStore(data.Path), blobs);

    /// <summary>Imports.</summary>
    /// <exception cref="ImportRefusedException">The cluster is not new, or has another data folder.</exception>
    /// <exception cref="InvalidOperationException">The database of the data folder cannot be used.</exception>
    /// <exception cref="IOException">Blobs cannot be read or written.</exception>
    /// <exception cref="NpgsqlException">The database of the cluster cannot be used.</exception>
    public async Task Run(CancellationToken stop)
    {
        SqliteDatabase.Prepare(data.Database);
        var source = FindId();
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var locking = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockKey})", connection);
        if (await locking.ExecuteScalarAsync(stop) is not true) throw new ImportRefusedException("Another import is running.");
        if (await ImportRecord.Find(connection, stop) is not { } record) await Begin(connection, source, stop);
        else if (record.Source != source) throw new ImportRefusedException("Another data folder was imported into this cluster.");
        else if (record.IsFinished)
        {
            await report.WriteLineAsync("This data folder is in the cluster already: nothing is left to do.");
            return;
        }

        await Copy(connection, source, stop);
    }

    private async Task Begin(NpgsqlConnection connection, string source, CancellationToken stop)
    {
        const string advice = "Data is imported into a cluster that is new: use another database and another blob store.";
        if (await StateImport.HasState(connection, stop)) throw new ImportRefusedException($"The cluster has state already. {advice}");
        if (await _blobs.FindUsedFolder(stop) is { } folder)
            throw new ImportRefusedException($"The blob store of the cluster has {folder} already. {advice}");
        await ImportRecord.Begin(connection, source, stop);
    }

    private async Task Copy(NpgsqlConnection connection, string source, CancellationToken stop)
    {
        await foreach (var folder in _blobs.Run(stop))
            await report.WriteLineAsync($"{folder.Folder}: {folder.Blobs} blobs, {folder.Bytes} bytes; {folder.Copied} copied now");
        var counts = await StateImport.Run(data.Database, connection, source, stop);
        foreach (var (name, count) in counts) await report.WriteLineAsync($"{name}: {count} rows");
        await report.WriteLineAsync($"{counts.Values.Sum()} rows copied. {data.Path} is as it was; servers of the cluster do not use it.");
    }

    /// <summary>The id of the data folder, made once.</summary>
    private string FindId()
    {
        var file = Path.Combine(data.Path, IdFile);
        if (!File.Exists(file)) File.WriteAllText(file, Guid.NewGuid().ToString());
        return File.ReadAllText(file).Trim();
    }
}
