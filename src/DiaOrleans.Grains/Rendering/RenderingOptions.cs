using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Values of requests that the client does not set.</summary>
public sealed record RenderingOptions
{
    /// <summary>Sampling temperature: 0.1 to 2; null takes the model's.</summary>
    [Range(0.1, 2)]
    public double? Temperature { get; init; }

    /// <summary>Guidance scale: 1 to 10; null takes the model's.</summary>
    [Range(1.0, 10)]
    public double? CfgScale { get; init; }

    /// <summary>Nucleus mass: more than 0, at most 1; null takes the model's.</summary>
    [Range(0.0, 1, MinimumIsExclusive = true)]
    public double? TopP { get; init; }

    /// <summary>Bytes of text, without those of a prompt, in one call of the model at most: 20 to 4096; null takes the model's.</summary>
    [Range(20, 4096)]
    public int? MaxSegmentBytes { get; init; }
}
