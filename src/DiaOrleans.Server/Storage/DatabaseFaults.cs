using System.Data.Common;
using DiaOrleans.Grains.Blobs;
using Npgsql;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Turns the exceptions of a database into ones that another silo can read: those of the driver cannot be sent. The inner storage has
/// logged them.
/// </summary>
/// <param name="inner">The ADO.NET storage.</param>
internal sealed class DatabaseFaults(IGrainStorage inner) : IGrainStorage
{
    /// <exception cref="OrleansException">The database failed.</exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Translate(() => inner.ReadStateAsync(stateName, grainId, grainState));

    /// <inheritdoc cref="ReadStateAsync"/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Translate(() => inner.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc cref="ReadStateAsync"/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Translate(() => inner.ClearStateAsync(stateName, grainId, grainState));

    /// <inheritdoc cref="ReadStateAsync"/>
    public static async Task Translate(Func<Task> access)
    {
        try
        {
            await access();
        }
        catch (DbException e)
        {
            var message = $"The database failed: {e.Message}";
            if (e.SqlState != PostgresErrorCodes.DiskFull) throw new OrleansException(message);
            throw new OrleansException(message, FullDisk.Create("The disk of the database is full."));
        }
    }
}
