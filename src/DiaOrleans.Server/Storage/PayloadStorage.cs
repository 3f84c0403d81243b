using DiaOrleans.Grains.State;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Serializes state on the grain's turn, when nothing can change it, and hands its bytes on: the inner storage may do its work later.
/// </summary>
/// <param name="inner">It must store a <see cref="StatePayload"/> by <see cref="StatePayload.Serializer"/>.</param>
internal sealed class PayloadStorage(IGrainStorage inner) : IGrainStorage
{
    private readonly StateSerializer _serializer = new();

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewPayloadState(grainState, null);
        await inner.ReadStateAsync(stateName, grainId, stored);
        grainState.State = stored.State?.Bytes is { } bytes ? _serializer.Deserialize<T>(bytes) : Activator.CreateInstance<T>();
        CopyVersion(stored, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewPayloadState(grainState, _serializer.Serialize(grainState.State));
        await inner.WriteStateAsync(stateName, grainId, stored);
        CopyVersion(stored, grainState);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = NewPayloadState(grainState, null);
        await inner.ClearStateAsync(stateName, grainId, stored);
        grainState.State = Activator.CreateInstance<T>();
        CopyVersion(stored, grainState);
    }

    private static GrainState<StatePayload> NewPayloadState<T>(IGrainState<T> state, BinaryData? bytes) =>
        new(new StatePayload { Bytes = bytes }) { ETag = state.ETag, RecordExists = state.RecordExists };

    private static void CopyVersion<T>(GrainState<StatePayload> from, IGrainState<T> to)
    {
        to.ETag = from.ETag;
        to.RecordExists = from.RecordExists;
    }
}

/// <summary>A grain's state as bytes.</summary>
internal sealed class StatePayload
{
    /// <summary>Null if nothing is stored.</summary>
    public BinaryData? Bytes { get; init; }

    /// <summary>Stores the bytes of a <see cref="StatePayload"/> unchanged; no other type can be stored.</summary>
    internal sealed class Serializer : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) =>
            (input as StatePayload)?.Bytes ?? throw new NotSupportedException($"{typeof(T)} is not a payload with bytes.");

        public T Deserialize<T>(BinaryData input) => (T)(object)new StatePayload { Bytes = input };
    }
}
