namespace DiaOrleans.Abstractions.Voices;

/// <summary>What a voice is: how it is tagged in the script and which recording it continues.</summary>
/// <param name="Style">Free text, <c>neutral</c> by default; no effect on the sound.</param>
/// <param name="PrimarySpeaker">Tag for text without tags. Stored as given; anything but S1 and S2 speaks as S1.</param>
/// <param name="AudioPrompt">Id of an audio prompt, or null.</param>
/// <param name="AudioPromptTranscript">What the prompt says, or null.</param>
[GenerateSerializer, Immutable, Alias("dia.voice-settings")]
public sealed record VoiceSettings(
    [property: Id(0)] string Style,
    [property: Id(1)] string PrimarySpeaker,
    [property: Id(2)] string? AudioPrompt,
    [property: Id(3)] string? AudioPromptTranscript);

/// <summary>A change of a voice: null leaves a member as it is.</summary>
[GenerateSerializer, Immutable, Alias("dia.voice-change")]
public sealed record VoiceChange(
    [property: Id(0)] string? Style,
    [property: Id(1)] string? PrimarySpeaker,
    [property: Id(2)] string? AudioPrompt,
    [property: Id(3)] string? AudioPromptTranscript);

/// <summary>A voice with its id.</summary>
[GenerateSerializer, Immutable, Alias("dia.voice-entry")]
public sealed record Voice([property: Id(0)] string Id, [property: Id(1)] VoiceSettings Settings);
