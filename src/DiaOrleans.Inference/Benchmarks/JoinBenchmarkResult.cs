namespace DiaOrleans.Inference.Benchmarks;

/// <summary>What was measured, medians of the rounds.</summary>
/// <param name="FirstAudioMs">Milliseconds from the submission of a call alone to its first samples.</param>
/// <param name="UsualGapMs">Milliseconds between two steps of a call that speaks, the median while another call enters.</param>
/// <param name="LongestGapMs">The longest of these: the delay by a pass of the recording.</param>
/// <param name="PromptSeconds">Seconds of the recording.</param>
/// <param name="Model">Name of the folder.</param>
/// <param name="Precision">Name of the precision that the model computes in.</param>
public sealed record JoinBenchmarkResult(
    double FirstAudioMs,
    double UsualGapMs,
    double LongestGapMs,
    double PromptSeconds,
    string Model,
    string Precision);
