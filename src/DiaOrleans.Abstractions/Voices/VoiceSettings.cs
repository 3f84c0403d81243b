namespace DiaOrleans.Abstractions.Voices;

/// <summary>
/// The settings of a voice. Cached previews are keyed by the JSON text of this record: renaming a member invalidates them.
/// </summary>
/// <param name="Style">Free text, <c>neutral</c> by default; it has no effect on the audio.</param>
/// <param name="PrimarySpeaker">Speaker of text without tags. Stored as given; every value except S1 and S2 counts as S1.</param>
/// <param name="AudioPrompt">Id of the audio prompt whose speaker is cloned, or null.</param>
/// <param name="AudioPromptTranscript">The words of the audio prompt, or null.</param>
[GenerateSerializer, Immutable, Alias("dia.voice-settings")]
public sealed record VoiceSettings(
    [property: Id(0)] string Style,
    [property: Id(1)] string PrimarySpeaker,
    [property: Id(2)] string? AudioPrompt,
    [property: Id(3)] string? AudioPromptTranscript);

/// <summary>A change of a voice's settings: a member that is null leaves the setting as it is.</summary>
/// <param name="Style">See <see cref="VoiceSettings"/>.</param>
/// <param name="PrimarySpeaker">See <see cref="VoiceSettings"/>.</param>
/// <param name="AudioPrompt">See <see cref="VoiceSettings"/>.</param>
/// <param name="AudioPromptTranscript">See <see cref="VoiceSettings"/>.</param>
[GenerateSerializer, Immutable, Alias("dia.voice-change")]
public sealed record VoiceChange(
    [property: Id(0)] string? Style,
    [property: Id(1)] string? PrimarySpeaker,
    [property: Id(2)] string? AudioPrompt,
    [property: Id(3)] string? AudioPromptTranscript);

/// <summary>A voice.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Settings">Its settings.</param>
[GenerateSerializer, Immutable, Alias("dia.voice-entry")]
public sealed record Voice([property: Id(0)] string Id, [property: Id(1)] VoiceSettings Settings);

/// <summary>The voices that were created first.</summary>
/// <param name="Ids">Their ids, in the order of their creation.</param>
/// <param name="Further">How many voices follow them.</param>
[GenerateSerializer, Immutable, Alias("dia.first-voices")]
public sealed record FirstVoices([property: Id(0)] IReadOnlyList<string> Ids, [property: Id(1)] int Further);
