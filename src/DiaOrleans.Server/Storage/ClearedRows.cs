using DiaOrleans.Grains.Retention;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Deletes rows of states that were cleared long ago. Clearing leaves the row, so that a write based on an older version is a conflict;
/// without a limit to that, clients that make and delete voices, prompts and jobs would make the database grow until the next start.
/// </summary>
/// <param name="data">Has the database.</param>
internal sealed class ClearedRows(DataFolder data) : ICleanupStep
{
    /// <summary>Much longer than a call lasts, and than an activation of an id without a state stays.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromHours(3);

    /// <summary>
    /// States whose grain or row object is given up when they are cleared: no activation that goes on has their version.
    /// </summary>
    internal const string States =
        "'voice', 'audio-prompt', 'job', 'job-segment', 'job-queue-segment', 'ended-jobs-page', 'job-keys-page', 'generation-log-page', "
        + "'id-page'";

    private const string Key =
        "ServiceId, GrainTypeHash, GrainIdHash, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString";

    /// <summary>A batch, so that other writes do not wait for long.</summary>
    private const string Delete = $"""
        DELETE FROM OrleansStorage WHERE ({Key}) IN
        (
            SELECT {Key} FROM OrleansStorage
            WHERE PayloadBinary IS NULL AND GrainTypeString IN ({States}) AND ModifiedOn < datetime($before) LIMIT 1000
        )
        """;

    /// <inheritdoc/>
    public async Task Run(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = (now - Age).UtcDateTime;
        // SQLite's driver blocks.
        while (await Task.Run(() => SqliteDatabase.Change(data.Database, Delete, before), cancellationToken) > 0)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
