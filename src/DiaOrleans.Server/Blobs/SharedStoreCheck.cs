using System.Globalization;
using System.Text;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Blobs;

/// <summary>
/// Refuses to start a silo whose blob store is not that of the cluster: it would not find recordings and results. The first silo writes a
/// random id into the store and into the database; each silo compares them before it joins.
/// </summary>
/// <param name="blobs">The store of this silo.</param>
/// <param name="options">Its settings, for messages.</param>
/// <param name="database">The database of the cluster.</param>
/// <param name="time">Clock of the wait.</param>
internal sealed class SharedStoreCheck(IBlobStore blobs, BlobOptions options, NpgsqlDataSource database, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>The blob with the id.</summary>
    public const string Key = "cluster/store-id.txt";

    private const int MaxBytes = 1000;

    /// <summary>Silos that start at the same time compare one after another. The number is only this program's.</summary>
    private const long LockKey = 0x6469_615F_626C;

    /// <summary>A network drive may show what another machine has written only after some seconds.</summary>
    private static readonly TimeSpan Visible = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Compares, before other services start.</summary>
    /// <exception cref="SettingsException">It is another store, or it cannot be used.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Execute(connection, "SELECT pg_advisory_lock($1)", LockKey, cancellationToken);
        try
        {
            await Compare(connection, cancellationToken);
        }
        catch (IOException cause)
        {
            throw Wrong($"The blob store ({options.Describe()}) cannot be used: {cause.Message}", cause);
        }
        finally
        {
            await Execute(connection, "SELECT pg_advisory_unlock($1)", LockKey, CancellationToken.None);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Compare(NpgsqlConnection connection, CancellationToken stop)
    {
        var (id, isMarked) = await FindOrMakeId(connection, stop);
        var found = await ReadMarker(wait: isMarked, stop);
        if (found is null && !isMarked)
        {
            await blobs.Write(Key, Encoding.ASCII.GetBytes(id), stop);
            found = await ReadMarker(wait: true, stop);
        }

        if (found is null)
        {
            throw Wrong(
                $"The blob store of this silo ({options.Describe()}) is not that of the cluster: it has no {Key}, which another silo has "
                + "written. All silos must have the same store.");
        }

        if (found != id)
        {
            throw Wrong(
                $"The blob store of this silo ({options.Describe()}) is that of another cluster: its {Key} has another id than the "
                + "database. If that cluster is gone, delete this blob; else choose a store that is this cluster's alone.");
        }

        if (!isMarked) await Execute(connection, "UPDATE DiaBlobStore SET IsMarked = true WHERE Id = $1", Guid.Parse(id), stop);
    }

    private static async Task<(string Id, bool IsMarked)> FindOrMakeId(NpgsqlConnection connection, CancellationToken stop)
    {
        await Execute(connection, "INSERT INTO DiaBlobStore (Id) VALUES ($1) ON CONFLICT DO NOTHING", Guid.NewGuid(), stop);
        await using var command = new NpgsqlCommand("SELECT Id, IsMarked FROM DiaBlobStore", connection);
        await using var rows = await command.ExecuteReaderAsync(stop);
        await rows.ReadAsync(stop);
        return (rows.GetGuid(0).ToString("D", CultureInfo.InvariantCulture), rows.GetBoolean(1));
    }

    private static async Task Execute<T>(NpgsqlConnection connection, string sql, T value, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        await command.ExecuteNonQueryAsync(stop);
    }

    private async Task<string?> ReadMarker(bool wait, CancellationToken stop)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            if (await blobs.ReadAll(Key, MaxBytes, stop) is { } bytes) return Encoding.ASCII.GetString(bytes).Trim();
            if (!wait || time.GetElapsedTime(start) >= Visible) return null;
            await Task.Delay(Pause, time, stop);
        }
    }

    private static SettingsException Wrong(string message, Exception? cause = null) =>
        new(message, cause) { Setting = nameof(BlobOptions.Blobs) };
}
