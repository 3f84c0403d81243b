using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The stored ids of the voices, in the order of their creation.</summary>
[GenerateSerializer, Alias("dia.voice-catalog-state"), StoredState("dia.voice-catalog", version: 2)]
internal sealed class VoiceCatalogState : IIdCatalogState
{
    /// <inheritdoc/>
    [Id(0)] public List<string> Ids { get; set; } = [];

    /// <inheritdoc/>
    [Id(1)] public List<long> Pages { get; set; } = [];
}
