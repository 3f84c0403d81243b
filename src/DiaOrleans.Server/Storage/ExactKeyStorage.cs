using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Keeps keys apart that relational storage would join: it reads every key that looks like a hexadecimal number as one, so that the voices
/// <c>beef</c> and <c>BEEF</c>, or <c>7</c> and <c>07</c>, would share a row. A mark in front makes all keys plain text.
/// </summary>
internal sealed class ExactKeyStorage(IGrainStorage inner) : IGrainStorage
{
    private const char Mark = '=';

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, Exact(grainId), grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.WriteStateAsync(stateName, Exact(grainId), grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, Exact(grainId), grainState);

    private static GrainId Exact(GrainId id) => GrainId.Create(id.Type, Mark + id.Key.ToString());
}
