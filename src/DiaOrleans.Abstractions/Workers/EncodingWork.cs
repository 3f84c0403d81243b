namespace DiaOrleans.Abstractions.Workers;

/// <summary>A recording to be turned into codes.</summary>
/// <param name="Id">Names the work, among speech work too; a second submission of it is not run again.</param>
/// <param name="Samples">Mono, -1 to 1, at the model's <see cref="ModelFacts.SampleRate"/>, 120 s at most.</param>
[GenerateSerializer, Immutable, Alias("dia.encoding-work")]
public sealed record EncodingWork([property: Id(0)] Guid Id, [property: Id(1)] float[] Samples);
