using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Adds a prefix to the keys of grains. Without it Orleans' ADO.NET storage reads a key that looks like a hexadecimal number as a number:
/// the voices <c>beef</c> and <c>BEEF</c>, or <c>7</c> and <c>07</c>, would share a row. With the prefix every key is stored as text.
/// </summary>
/// <param name="inner">The ADO.NET storage.</param>
internal sealed class PrefixedKeyStorage(IGrainStorage inner) : IGrainStorage
{
    private const char Prefix = '=';

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, AddPrefix(grainId), grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.WriteStateAsync(stateName, AddPrefix(grainId), grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, AddPrefix(grainId), grainState);

    /// <summary>The id under which the storage has a grain.</summary>
    public static GrainId AddPrefix(GrainId id) => GrainId.Create(id.Type, Prefix + id.Key.ToString());
}
