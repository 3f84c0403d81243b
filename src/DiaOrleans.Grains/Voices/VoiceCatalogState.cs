using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>The stored ids of the voices, in the order of their creation.</summary>
[GenerateSerializer, Alias("dia.voice-catalog-state"), StoredState("dia.voice-catalog", version: 2)]
internal sealed class VoiceCatalogState : IIdCatalogState
{
    /// <summary>Name of the state.</summary>
    public const string Name = "voice-catalog";

    /// <summary>Name of the catalogue, in the keys of its pages.</summary>
    public const string Catalog = "voices";

    /// <inheritdoc/>
    [Id(0)] public List<string> Ids { get; set; } = [];

    /// <inheritdoc/>
    [Id(1)] public List<long> Pages { get; set; } = [];
}
