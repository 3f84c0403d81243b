using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The stored ids of all voices, in the order of their creation.</summary>
[GenerateSerializer, Alias("dia.voice-catalog-state"), StoredState("dia.voice-catalog", version: 1)]
internal sealed class VoiceCatalogState
{
    [Id(0)] public List<string> Ids { get; set; } = [];
}
