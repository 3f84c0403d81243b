namespace DiaOrleans.Abstractions.Voices;

/// <summary>Which voices exist, in the order they were first created. One for the cluster: key 0.</summary>
[Alias("dia.voice-catalog")]
public interface IVoiceCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Ids in creation order.</summary>
    [Alias("ids")]
    Task<IReadOnlyList<string>> ListIds();

    /// <summary>All voices with their settings, in creation order.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Voice>> List();

    /// <summary>Idempotent; a known id keeps its place. Called by voice grains.</summary>
    [Alias("add")]
    Task Add(string voiceId);

    /// <summary>Idempotent. Called by voice grains.</summary>
    [Alias("remove")]
    Task Remove(string voiceId);
}
