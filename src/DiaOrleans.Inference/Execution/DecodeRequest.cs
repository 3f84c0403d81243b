using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Execution;

/// <summary>One request of the decoder.</summary>
/// <param name="TextIds">Ids of the text, at least one.</param>
/// <param name="MaxFrames">The most new frames.</param>
/// <param name="Seed">Equal seeds give equal codes.</param>
/// <param name="Prompt">Codes of a recording to continue, or null.</param>
/// <param name="Sampling">Guidance and sampling; null takes the model's defaults. Its top-k is not used: the graph's is.</param>
/// <param name="Made">The first new frames, made by an earlier run of the same request; null if there are none.</param>
internal sealed record DecodeRequest(
    int[] TextIds,
    int MaxFrames,
    long Seed,
    CodeGrid? Prompt,
    SamplingSettings? Sampling,
    CodeGrid? Made = null);
