namespace DiaOrleans.Grains.Rendering;

/// <summary>Defaults and limits of requests that the client does not set.</summary>
public sealed record RenderingOptions
{
    /// <summary>Sampling temperature; null takes the model's.</summary>
    public double? Temperature { get; init; }

    /// <summary>Guidance scale; null takes the model's.</summary>
    public double? CfgScale { get; init; }

    /// <summary>Nucleus mass; null takes the model's.</summary>
    public double? TopP { get; init; }

    /// <summary>The most own bytes of text in one call of the model; null takes the model's.</summary>
    public int? MaxSegmentBytes { get; init; }

    /// <summary>
    /// The most seconds of a recording, or of a request's own first segment, that a call continues. Quality falls beyond about 14 s.
    /// </summary>
    public double MaxPromptSeconds { get; init; } = 15;
}
