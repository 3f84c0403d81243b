using DiaOrleans.Grains.Blobs;
using Npgsql;

namespace DiaOrleans.Server.Blobs.Database;

/// <summary>
/// Blobs as rows of a PostgreSQL database. The content of a blob that is replaced or deleted stays for <see cref="Grace"/>, so that most
/// of those who read it come to its end; the others get a <see cref="BlobReplacedException"/>.
/// </summary>
/// <param name="database">The database; it has the schema of this release.</param>
/// <param name="time">Clock of the pauses.</param>
internal sealed class DatabaseBlobStore(NpgsqlDataSource database, TimeProvider time) : IBlobStore
{
    /// <summary>Bytes of a piece: what a reader holds in memory.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>How long a content stays that no blob has any more.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private const string InsertPiece = "INSERT INTO DiaBlobPiece (Content, Number, Bytes) VALUES ($1, $2, $3)";

    private const string Name = """
        INSERT INTO DiaBlob (Folder, Name, Content, Size, WrittenAt) VALUES ($1, $2, $3, $4, clock_timestamp())
        ON CONFLICT (Folder, Name) DO UPDATE SET Content = excluded.Content, Size = excluded.Size, WrittenAt = excluded.WrittenAt
        """;

    private const string Select = "SELECT Content, Size, WrittenAt FROM DiaBlob WHERE Folder = $1 AND Name = $2";

    private const string DeleteOne = "DELETE FROM DiaBlob WHERE Folder = $1 AND Name = $2";

    private const string SelectFolder = "SELECT Name, Size, WrittenAt FROM DiaBlob WHERE Folder = $1";

    /// <summary>Deletes old contents, a few at a time. What another silo deletes at the same time is left to it.</summary>
    private const string DeleteOld = """
        WITH old AS
        (
            DELETE FROM DiaBlobRemoved WHERE Content = ANY(ARRAY
            (
                SELECT Content FROM DiaBlobRemoved WHERE RemovedAt < now() - $1
                ORDER BY RemovedAt LIMIT 20 FOR UPDATE SKIP LOCKED
            ))
            RETURNING Content
        ),
        gone AS (DELETE FROM DiaBlobPiece WHERE Content IN (SELECT Content FROM old))
        SELECT count(*) FROM old
        """;

    private readonly DatabaseFailures _failures = new(time);
    private int _isDeleting;

    /// <inheritdoc/>
    public async Task Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken = default)
    {
        BlobKey.Split(key);
        await _failures.Run(key, "written", stop => WriteOnce(key, pieces, stop), cancellationToken);
        DeleteOldContents();
    }

    /// <inheritdoc/>
    public async Task<OpenBlob?> OpenRead(string key, CancellationToken cancellationToken = default)
    {
        if (await Read(key, cancellationToken) is not { } found) return null;
        return new OpenBlob(new DatabaseBlobStream(database, _failures, key, found.Content, found.Size), found.Size);
    }

    /// <inheritdoc/>
    public async Task<BlobInfo?> Find(string key, CancellationToken cancellationToken = default) =>
        await Read(key, cancellationToken) is { } found ? new BlobInfo(key, found.Size, found.WrittenAt) : null;

    /// <inheritdoc/>
    public async Task<bool> Delete(string key, CancellationToken cancellationToken = default)
    {
        BlobKey.Split(key);
        var deleted = await _failures.Run(key, "deleted", stop => DeleteOnce(key, stop), cancellationToken);
        DeleteOldContents();
        return deleted > 0;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlobInfo>> List(string folder, CancellationToken cancellationToken = default)
    {
        if (!BlobKey.IsSafe(folder)) throw new ArgumentException("A folder of blobs cannot have this name.", nameof(folder));
        var blobs = await _failures.Run(folder, "read", stop => ListOnce(folder, stop), cancellationToken);
        // The database orders by UTF-8, which differs beyond U+FFFF.
        blobs.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return blobs;
    }

    /// <summary>Deletes the contents that no blob has had for <see cref="Grace"/>.</summary>
    /// <param name="grace">Shorter in tests.</param>
    /// <param name="stop">Ends it between batches.</param>
    internal async Task DeleteRemoved(TimeSpan grace, CancellationToken stop)
    {
        await using var command = database.CreateCommand(DeleteOld);
        command.Parameters.AddWithValue(grace);
        while (await command.ExecuteScalarAsync(stop) is > 0L) stop.ThrowIfCancellationRequested();
    }

    private static NpgsqlCommand Command(NpgsqlCommand command, string key)
    {
        var (folder, name) = BlobKey.Split(key);
        command.Parameters.AddWithValue(folder);
        command.Parameters.AddWithValue(name);
        return command;
    }

    private async Task<bool> WriteOnce(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken stop)
    {
        var content = Guid.CreateVersion7();
        await using var bytes = new PieceStream(pieces);
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var piece = new byte[Math.Min(PieceBytes, bytes.Length)];
        for (var number = 0; bytes.Position < bytes.Length; number++)
        {
            var count = await bytes.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, stop);
            await using var insert = new NpgsqlCommand(InsertPiece, connection, transaction)
            {
                Parameters = { new() { Value = content }, new() { Value = number }, new() { Value = piece.AsMemory(0, count) } },
            };
            await insert.ExecuteNonQueryAsync(stop);
        }

        await using var name = Command(new NpgsqlCommand(Name, connection, transaction), key);
        name.Parameters.AddWithValue(content);
        name.Parameters.AddWithValue(bytes.Length);
        await name.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    private Task<Row?> Read(string key, CancellationToken cancellationToken)
    {
        BlobKey.Split(key);
        return _failures.Run(key, "read", stop => ReadOnce(key, stop), cancellationToken);
    }

    private async Task<Row?> ReadOnce(string key, CancellationToken stop)
    {
        await using var command = Command(database.CreateCommand(Select), key);
        await using var rows = await command.ExecuteReaderAsync(stop);
        return await rows.ReadAsync(stop) ? new Row(rows.GetGuid(0), rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(2)) : null;
    }

    private async Task<int> DeleteOnce(string key, CancellationToken stop)
    {
        await using var command = Command(database.CreateCommand(DeleteOne), key);
        return await command.ExecuteNonQueryAsync(stop);
    }

    private async Task<List<BlobInfo>> ListOnce(string folder, CancellationToken stop)
    {
        await using var command = database.CreateCommand(SelectFolder);
        command.Parameters.AddWithValue(folder);
        await using var rows = await command.ExecuteReaderAsync(stop);
        var blobs = new List<BlobInfo>();
        while (await rows.ReadAsync(stop))
            blobs.Add(new BlobInfo($"{folder}/{rows.GetString(0)}", rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return blobs;
    }

    /// <summary>Deletes old contents in the background, unless that is done already. If it fails, the next change repeats it.</summary>
    private void DeleteOldContents()
    {
        if (Interlocked.Exchange(ref _isDeleting, 1) == 1) return;
        _ = Run();

        async Task Run()
        {
            await DeleteRemoved(Grace, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Volatile.Write(ref _isDeleting, 0);
        }
    }

    private sealed record Row(Guid Content, long Size, DateTimeOffset WrittenAt);
}
