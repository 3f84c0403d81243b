using DiaOrleans.Grains.Retention;
using Npgsql;

namespace DiaOrleans.Server.Storage;

/// <summary><see cref="ClearedRows"/> for the database of a cluster.</summary>
internal sealed class PostgresClearedRows(NpgsqlDataSource database) : ICleanupStep
{
    /// <summary>A batch, so that locks do not last long. Rows that another silo deletes at the same time are left to it.</summary>
    private const string Delete = $"""
        DELETE FROM OrleansStorage WHERE ctid = ANY(ARRAY
        (
            SELECT ctid FROM OrleansStorage
            WHERE PayloadBinary IS NULL AND GrainTypeString IN ({ClearedRows.States}) AND ModifiedOn < $1
            LIMIT 1000 FOR UPDATE SKIP LOCKED
        ))
        """;

    /// <inheritdoc/>
    public async Task Run(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Delete);
        command.Parameters.AddWithValue((now - ClearedRows.Age).UtcDateTime);
        while (await command.ExecuteNonQueryAsync(cancellationToken) > 0) cancellationToken.ThrowIfCancellationRequested();
    }
}
