using DiaOrleans.Server.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DiaOrleans.Server.Importing;

/// <summary>
/// Copies grain state from the SQLite database of a single server into the database of a cluster, row by row: Orleans' storage computes the
/// same keys for both, and the payload is the same text.
/// </summary>
internal static class StateImport
{
    private const string Columns =
        "ServiceId, GrainTypeHash, GrainTypeString, GrainIdHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, Version";

    private const string Select = $"SELECT {Columns} FROM OrleansStorage WHERE PayloadBinary IS NOT NULL";

    private const string Insert = $"""
        INSERT INTO OrleansStorage ({Columns}, ModifiedOn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
        """;

    /// <summary>Whether a cluster has grain state.</summary>
    public static async Task<bool> HasState(NpgsqlConnection target, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM OrleansStorage)", target);
        return await command.ExecuteScalarAsync(stop) is true;
    }

    /// <summary>Copies all rows, all or none, with the note that the import has ended.</summary>
    /// <param name="file">Path of the SQLite database, whose schema is this release's.</param>
    /// <param name="target">The database of the cluster.</param>
    /// <param name="source">Id of the data folder.</param>
    /// <param name="stop">Ends it; nothing is copied then.</param>
    /// <returns>Number of rows by the name of the state.</returns>
    /// <exception cref="ImportRefusedException">A silo has stored something in the meantime.</exception>
    public static async Task<IReadOnlyDictionary<string, int>> Run(
        string file,
        NpgsqlConnection target,
        string source,
        CancellationToken stop)
    {
        await using var transaction = await target.BeginTransactionAsync(stop);
        await using var locked = new NpgsqlCommand("LOCK TABLE OrleansStorage IN EXCLUSIVE MODE", target, transaction);
        await locked.ExecuteNonQueryAsync(stop);
        if (await HasState(target, stop))
            throw new ImportRefusedException("A silo of the cluster was started during the import. Start with a new database.");
        var counts = await Copy(file, target, transaction, stop);
        await ImportRecord.Finish(target, source, stop);
        await transaction.CommitAsync(stop);
        return counts;
    }

    private static async Task<SortedDictionary<string, int>> Copy(
        string file,
        NpgsqlConnection target,
        NpgsqlTransaction transaction,
        CancellationToken stop)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await using var sqlite = new SqliteConnection(SqliteDatabase.ConnectionString(file));
        await sqlite.OpenAsync(stop);
        await using var select = sqlite.CreateCommand();
        select.CommandText = Select;
        await using var rows = await select.ExecuteReaderAsync(stop);
        await using var insert = MakeInsert(target, transaction);
        while (await rows.ReadAsync(stop))
        {
            stop.ThrowIfCancellationRequested();
            Fill(insert, rows);
            await insert.ExecuteNonQueryAsync(stop);
            var name = rows.GetString(2);
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }

    private static NpgsqlCommand MakeInsert(NpgsqlConnection target, NpgsqlTransaction transaction)
    {
        var insert = new NpgsqlCommand(Insert, target, transaction);
        for (var i = 0; i < 9; i++) insert.Parameters.Add(new NpgsqlParameter());
        return insert;
    }

    private static void Fill(NpgsqlCommand insert, SqliteDataReader row)
    {
        insert.Parameters[0].Value = row.GetString(0);
        insert.Parameters[1].Value = row.GetInt32(1);
        insert.Parameters[2].Value = row.GetString(2);
        insert.Parameters[3].Value = row.GetInt32(3);
        insert.Parameters[4].Value = row.GetInt64(4);
        insert.Parameters[5].Value = row.GetInt64(5);
        insert.Parameters[6].Value = row.GetString(6);
        insert.Parameters[7].Value = row.GetFieldValue<byte[]>(7);
        insert.Parameters[8].Value = row.GetInt32(8);
    }
}
