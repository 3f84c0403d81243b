namespace DiaOrleans.Abstractions.Voices;

/// <summary>The transcript of an audio prompt on its way to the voices that use the prompt.</summary>
/// <param name="PromptId">Voices with another prompt are left alone.</param>
/// <param name="Text">What the prompt says; null where that is no longer known.</param>
/// <param name="Reach">Which voices take it.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-text")]
public sealed record TranscriptChange([property: Id(0)] string PromptId, [property: Id(1)] string? Text, [property: Id(2)] TranscriptReach Reach);

/// <summary>Which voices take their prompt's transcript.</summary>
public enum TranscriptReach
{
    /// <summary>Those that have none.</summary>
    Missing,

    /// <summary>Those that have none, and those whose transcript was not set by hand.</summary>
    Following,

    /// <summary>All; it counts as set by hand.</summary>
    All,
}
