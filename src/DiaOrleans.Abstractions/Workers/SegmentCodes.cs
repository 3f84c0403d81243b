namespace DiaOrleans.Abstractions.Workers;

/// <summary>Codes that were made of a segment of a request, so that another run of the request goes on behind them.</summary>
/// <param name="Call">
/// Identifies the call of the model that makes them: equal calls have the same text, prompt, limit, seed and sampling, and the same model,
/// precision and kind of device. Then further codes and all samples are those of a run that was not broken.
/// </param>
/// <param name="Attempt">Number of the call among those of its segment, from 0.</param>
/// <param name="Codes">The first new frames.</param>
/// <param name="IsWhole">Whether they are all frames of the segment.</param>
[GenerateSerializer, Immutable, Alias("dia.segment-codes")]
public sealed record SegmentCodes(
    [property: Id(0)] string Call,
    [property: Id(1)] int Attempt,
    [property: Id(2)] AudioCodes Codes,
    [property: Id(3)] bool IsWhole);

/// <summary>The newest codes of a segment.</summary>
/// <param name="Segment">Number of the segment, from 0.</param>
/// <param name="FirstFrame">Number of the first frame of <paramref name="Part"/>, from 0.</param>
/// <param name="Part">The frames from there on.</param>
[GenerateSerializer, Immutable, Alias("dia.new-codes")]
public sealed record NewCodes([property: Id(0)] int Segment, [property: Id(1)] int FirstFrame, [property: Id(2)] SegmentCodes Part);
