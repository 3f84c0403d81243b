namespace DiaOrleans.Abstractions.Workers;

/// <summary>A recording to be turned into codes. Its events hold no samples and all codes in one piece.</summary>
/// <param name="Id">Names the work, among speech work too; a second submission of the same id is not run again.</param>
/// <param name="Samples">Mono, -1 to 1, at the model's <see cref="ModelFacts.SampleRate"/>, 120 s at most.</param>
[GenerateSerializer, Immutable, Alias("dia.encoding-work")]
public sealed record EncodingWork([property: Id(0)] Guid Id, [property: Id(1)] float[] Samples);
