using System.Collections.Concurrent;
using DiaOrleans.Grains.State;
using Orleans.Storage;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Grain state in memory, in the real format, which survives the restart of a test cluster. Writes can be made to fail.</summary>
internal sealed class SharedStorage : IGrainStorage
{
    private readonly StateSerializer _serializer = new();
    private readonly ConcurrentDictionary<(string, GrainId), (BinaryData? Payload, int Version)> _rows = new();
    private readonly ConcurrentDictionary<string, int> _reads = new();
    private int _writes;

    /// <summary>The name of the state whose next write or clear fails.</summary>
    public string? FailNext { get; set; }

    /// <summary>Asked before and after each write with the state's name; an exception that it gives is thrown there.</summary>
    public Func<string, bool, Exception?>? Fault { get; set; }

    /// <summary>Asked before each read with the state's name; an exception that it gives is thrown there.</summary>
    public Func<string, Exception?>? ReadFault { get; set; }

    /// <summary>Every write and clear waits for it; null lets them pass.</summary>
    public Task? Gate { get; set; }

    /// <summary>Writes and clears so far.</summary>
    public int Writes => _writes;

    /// <summary>Reads of a state in the storage of this and earlier clusters.</summary>
    public int ReadsOf(string stateName) => _reads.GetValueOrDefault(stateName);

    /// <summary>Number of rows of a state that have a payload.</summary>
    public int Rows(string stateName) => _rows.Count(row => row.Key.Item1 == stateName && row.Value.Payload is not null);

    /// <summary>The stored state of the grain with this key.</summary>
    public T Stored<T>(string stateName, Guid key) where T : new()
    {
        var row = _rows.First(row => row.Key.Item1 == stateName && row.Key.Item2.GetGuidKey() == key).Value;
        return row.Payload is { } payload ? _serializer.Deserialize<T>(payload) : new T();
    }

    /// <summary>All rows with their versions.</summary>
    public IReadOnlyList<string> Copy() => [.. _rows.Select(row => $"{row.Key} {row.Value.Version} {row.Value.Payload}")];

    /// <summary>Stores a row as a release wrote it.</summary>
    public void Put(string stateName, GrainId grainId, string json) => _rows[(stateName, grainId)] = (BinaryData.FromString(json), 1);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (ReadFault?.Invoke(stateName) is { } fault) throw fault;
        _reads.AddOrUpdate(stateName, 1, (_, count) => count + 1);
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

    private Task Store<T>(string stateName, GrainId grainId, IGrainState<T> grainState, BinaryData? payload) =>
        Gate is { } gate ? StoreBehind(gate, stateName, grainId, grainState, payload) : StoreNow(stateName, grainId, grainState, payload);

    private async Task StoreBehind<T>(Task gate, string stateName, GrainId grainId, IGrainState<T> grainState, BinaryData? payload)
    {
        await gate;
        await StoreNow(stateName, grainId, grainState, payload);
    }

    private Task StoreNow<T>(string stateName, GrainId grainId, IGrainState<T> grainState, BinaryData? payload)
    {
        if (FailNext == stateName)
        {
            FailNext = null;
            throw new IOException("The store does not answer.");
        }

        if (Fault?.Invoke(stateName, false) is { } before) throw before;
        var version = int.Parse(grainState.ETag ?? "0");
        lock (_rows)
        {
            if (_rows.TryGetValue((stateName, grainId), out var row) && row.Version != version)
                throw new InconsistentStateException("Another write has changed the version.");
            _rows[(stateName, grainId)] = (payload, version + 1);
        }

        Interlocked.Increment(ref _writes);
        if (Fault?.Invoke(stateName, true) is { } after) throw after;
        grainState.ETag = (version + 1).ToString();
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }
}
