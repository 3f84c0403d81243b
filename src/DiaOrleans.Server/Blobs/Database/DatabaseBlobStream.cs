using DiaOrleans.Grains.Blobs;
using Npgsql;

namespace DiaOrleans.Server.Blobs.Database;

/// <summary>
/// A content in the database. Between reads it holds one piece and no connection: a client that reads slowly costs memory only.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="failures">Runs the calls.</param>
/// <param name="key">Key of the blob, for messages.</param>
/// <param name="content">Id of the content.</param>
/// <param name="size">Its bytes.</param>
internal sealed class DatabaseBlobStream(NpgsqlDataSource database, DatabaseFailures failures, string key, Guid content, long size)
    : RemoteBlobStream(size)
{
    private const string SelectPiece = "SELECT Bytes FROM DiaBlobPiece WHERE Content = $1 AND Number = $2";

    private byte[] _piece = [];
    private long _start = -1;

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadAt(long position, Memory<byte> buffer, CancellationToken stop)
    {
        var start = position - (position % DatabaseBlobStore.PieceBytes);
        if (start != _start)
        {
            _piece = await failures.Run(key, "read", s => Load(start, s), stop) ?? throw new BlobReplacedException(key);
            _start = start;
        }

        var rest = _piece.AsMemory((int)(position - start));
        if (rest.Length > buffer.Length) rest = rest[..buffer.Length];
        rest.CopyTo(buffer);
        return rest.Length;
    }

    private async Task<byte[]?> Load(long start, CancellationToken stop)
    {
        await using var command = database.CreateCommand(SelectPiece);
        command.Parameters.AddWithValue(content);
        command.Parameters.AddWithValue((int)(start / DatabaseBlobStore.PieceBytes));
        return await command.ExecuteScalarAsync(stop) as byte[];
    }
}
