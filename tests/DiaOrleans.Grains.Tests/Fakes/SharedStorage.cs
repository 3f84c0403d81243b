using System.Collections.Concurrent;
using DiaOrleans.Grains.State;
using Orleans.Storage;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Grain state that outlives its silos, written by the real serializer; writes can be made to fail.</summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly StateSerializer _serializer = new();
    private readonly ConcurrentDictionary<(string, GrainId), (BinaryData? Payload, int Version)> _rows = new();

    /// <summary>The name of the state whose next write or clear fails.</summary>
    public string? FailNext { get; set; }

    /// <summary>What is stored for a grain with that key.</summary>
    public T Stored<T>(string stateName, Guid key) where T : new() =>
        _rows.First(row => row.Key.Item1 == stateName && row.Key.Item2.GetGuidKey() == key).Value.Payload is { } payload ? _serializer.Deserialize<T>(payload) : new T();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!_rows.TryGetValue((stateName, grainId), out var row)) return Task.CompletedTask;
        grainState.ETag = row.Version.ToString();
        grainState.RecordExists = true;
        if (row.Payload is not null) grainState.State = _serializer.Deserialize<T>(row.Payload);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Store(stateName, grainId, grainState, _serializer.Serialize(grainState.State));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var cleared = Store(stateName, grainId, grainState, null);
        grainState.State = Activator.CreateInstance<T>();
        return cleared;
    }

    private Task Store<T>(string stateName, GrainId grainId, IGrainState<T> grainState, BinaryData? payload)
    {
        if (FailNext == stateName)
        {
            FailNext = null;
            throw new IOException("The store is gone.");
        }

        var version = int.Parse(grainState.ETag ?? "0");
        if (_rows.TryGetValue((stateName, grainId), out var row) && row.Version != version) throw new InconsistentStateException("Somebody else wrote.");
        _rows[(stateName, grainId)] = (payload, version + 1);
        grainState.ETag = (version + 1).ToString();
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }
}
