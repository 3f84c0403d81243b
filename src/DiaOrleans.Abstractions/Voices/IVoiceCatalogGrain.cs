using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Voices;

/// <summary>Which voices exist, in the order they were first created. One for the cluster: key 0.</summary>
[Alias("dia.voice-catalog")]
public interface IVoiceCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Ids in creation order. Interleaves, because it asks the voices, and they call back.</summary>
    [Alias("ids"), AlwaysInterleave]
    Task<IReadOnlyList<string>> ListIds();

    /// <summary>All voices with their settings, in creation order. Interleaves like <see cref="ListIds"/>.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<IReadOnlyList<Voice>> List();

    /// <summary>Idempotent; a known id keeps its place. Called by voice grains.</summary>
    [Alias("add")]
    Task Add(string voiceId);

    /// <summary>Idempotent. Called by voice grains.</summary>
    [Alias("remove")]
    Task Remove(string voiceId);
}
