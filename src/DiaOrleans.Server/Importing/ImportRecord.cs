using Npgsql;

namespace DiaOrleans.Server.Importing;

/// <summary>Which data folder was moved into a cluster, as the cluster's database has it.</summary>
/// <param name="Source">Id of the data folder.</param>
/// <param name="IsFinished">All of it was moved.</param>
internal sealed record ImportRecord(string Source, bool IsFinished)
{
    /// <summary>The record; null if no import has begun.</summary>
    public static async Task<ImportRecord?> Find(NpgsqlConnection database, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("SELECT Source, FinishedAt IS NOT NULL FROM DiaImport", database);
        await using var rows = await command.ExecuteReaderAsync(stop);
        return await rows.ReadAsync(stop) ? new ImportRecord(rows.GetString(0), rows.GetBoolean(1)) : null;
    }

    /// <summary>Notes that an import begins.</summary>
    public static Task Begin(NpgsqlConnection database, string source, CancellationToken stop) =>
        Execute(database, "INSERT INTO DiaImport (Source, StartedAt) VALUES ($1, now())", source, stop);

    /// <summary>Notes that an import has ended.</summary>
    public static Task Finish(NpgsqlConnection database, string source, CancellationToken stop) =>
        Execute(database, "UPDATE DiaImport SET FinishedAt = now() WHERE Source = $1", source, stop);

    private static async Task Execute(NpgsqlConnection database, string sql, string source, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, database) { Parameters = { new() { Value = source } } };
        await command.ExecuteNonQueryAsync(stop);
    }
}

/// <summary>The import cannot be done; the message is for the user.</summary>
/// <param name="message">What is in the way, and what to do.</param>
internal sealed class ImportRefusedException(string message) : Exception(message);
