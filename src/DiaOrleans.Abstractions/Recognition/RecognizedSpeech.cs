using DiaOrleans.Abstractions.Prompts;

namespace DiaOrleans.Abstractions.Recognition;

/// <summary>The recognised words of a recording.</summary>
/// <param name="Text">The words with single spaces between them, and none at the ends.</param>
/// <param name="Spans">The times of the words.</param>
[GenerateSerializer, Immutable, Alias("dia.recognized-speech")]
public sealed record RecognizedSpeech([property: Id(0)] string Text, [property: Id(1)] IReadOnlyList<TranscriptSpan> Spans);
