namespace DiaOrleans.Abstractions.Voices;

/// <summary>A change of an audio prompt's transcript, sent to the voices that use the prompt.</summary>
/// <param name="PromptId">Id of the prompt; voices with another prompt ignore the change.</param>
/// <param name="Text">The new transcript, or null if it is not known any more.</param>
/// <param name="Scope">The voices that take the new transcript.</param>
/// <param name="Replaced">If not null, the voices whose transcript is this text take the new one as well.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-text")]
public sealed record TranscriptChange(
    [property: Id(0)] string PromptId,
    [property: Id(1)] string? Text,
    [property: Id(2)] TranscriptScope Scope,
    [property: Id(3)] string? Replaced = null);

/// <summary>The voices that take a new transcript of their audio prompt.</summary>
public enum TranscriptScope
{
    /// <summary>Voices without a transcript.</summary>
    Missing,

    /// <summary>Voices without a transcript, and voices whose transcript was copied from the prompt.</summary>
    NotSetByHand,

    /// <summary>All voices; their transcript counts as set by hand from then on.</summary>
    All,
}
