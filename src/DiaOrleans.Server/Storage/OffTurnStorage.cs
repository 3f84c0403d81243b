using DiaOrleans.Grains.State;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Keeps the disk out of grain turns: SQLite's driver has no asynchronous input and output, its tasks block. State becomes bytes on the turn, where nobody changes it
/// meanwhile; the bytes go to and from the disk beside it. One write at a time: a second writer would wait in SQLite's sleeping loop.
/// </summary>
/// <param name="inner">Stores <see cref="StatePayload"/> as it is.</param>
internal sealed class OffTurnStorage(IGrainStorage inner) : IGrainStorage
{
    private const int ReadersAtOnce = 4;

    private readonly StateSerializer _serializer = new();
    private readonly SemaphoreSlim _writer = new(1);
    private readonly SemaphoreSlim _readers = new(ReadersAtOnce);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewCarrier(grainState, default);
        await Run(_readers, () => inner.ReadStateAsync(stateName, grainId, stored));
        grainState.State = stored.State?.Bytes is { } bytes ? _serializer.Deserialize<T>(bytes) : Activator.CreateInstance<T>();
        Take(grainState, stored);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewCarrier(grainState, _serializer.Serialize(grainState.State));
        await Run(_writer, () => inner.WriteStateAsync(stateName, grainId, stored));
        Take(grainState, stored);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewCarrier(grainState, default);
        await Run(_writer, () => inner.ClearStateAsync(stateName, grainId, stored));
        grainState.State = Activator.CreateInstance<T>();
        Take(grainState, stored);
    }

    private static GrainState<StatePayload> NewCarrier<T>(IGrainState<T> state, BinaryData? bytes) =>
        new(new StatePayload { Bytes = bytes }) { ETag = state.ETag, RecordExists = state.RecordExists };

    private static void Take<T>(IGrainState<T> state, GrainState<StatePayload> stored) => (state.ETag, state.RecordExists) = (stored.ETag, stored.RecordExists);

    private static async Task Run(SemaphoreSlim gate, Func<Task> access)
    {
        await gate.WaitAsync();
        try
        {
            await Task.Run(access);
        }
        finally
        {
            gate.Release();
        }
    }
}

/// <summary>A grain's state as it is stored.</summary>
internal sealed class StatePayload
{
    /// <summary>Null where there is none.</summary>
    public BinaryData? Bytes { get; init; }

    /// <summary>Passes the bytes on.</summary>
    internal sealed class Serializer : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => (input as StatePayload)?.Bytes ?? throw new NotSupportedException($"{typeof(T)} is no payload.");

        public T Deserialize<T>(BinaryData input) => (T)(object)new StatePayload { Bytes = input };
    }
}
