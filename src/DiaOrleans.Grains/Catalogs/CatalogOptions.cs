using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Catalogs;

/// <summary>How much is listed.</summary>
public sealed record CatalogOptions
{
    /// <summary>Voices that can be stored: 1 to 1000000, 10000 by default. More are refused.</summary>
    [Range(1, 1_000_000)]
    public int MaxVoices { get; init; } = 10_000;

    /// <summary>Audio prompts that can be registered: 1 to 1000000, 10000 by default. More are refused.</summary>
    [Range(1, 1_000_000)]
    public int MaxPrompts { get; init; } = 10_000;
}
