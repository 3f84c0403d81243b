using DiaOrleans.Grains.Telemetry;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Counts the reads and writes of grain state that fail.</summary>
internal sealed class ObservedStorage(IGrainStorage inner, DiaMetrics metrics) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Observe("read", inner.ReadStateAsync(stateName, grainId, grainState), metrics);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Observe("write", inner.WriteStateAsync(stateName, grainId, grainState), metrics);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Observe("clear", inner.ClearStateAsync(stateName, grainId, grainState), metrics);

    /// <summary>Counts a failure of an access.</summary>
    public static async Task Observe(string operation, Task access, DiaMetrics metrics)
    {
        try
        {
            await access;
        }
        catch (Exception cause)
        {
            metrics.StorageFailed(operation, cause);
            throw;
        }
    }
}
