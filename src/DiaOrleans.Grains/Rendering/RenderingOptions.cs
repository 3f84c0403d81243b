namespace DiaOrleans.Grains.Rendering;

/// <summary>How requests become audio, where neither the client nor the model says.</summary>
public sealed record RenderingOptions
{
    /// <summary>Sampling temperature; null takes the model's.</summary>
    public double? Temperature { get; init; }

    /// <summary>Guidance scale; null takes the model's.</summary>
    public double? CfgScale { get; init; }

    /// <summary>Nucleus mass; null takes the model's.</summary>
    public double? TopP { get; init; }

    /// <summary>The most own bytes of text that one call speaks; null takes the model's.</summary>
    public int? MaxSegmentBytes { get; init; }

    /// <summary>The most seconds of a recording, or of a request's own first segment, that a call continues. Quality falls beyond about 14 s.</summary>
    public double MaxPromptSeconds { get; init; } = 15;
}
