namespace DiaOrleans.Abstractions.Calls;

/// <summary>
/// How long a grain may take for its answer while a client waits for it, as texts of a <see cref="ResponseTimeoutAttribute"/>. A silo that
/// does not answer is evicted after about 10 s.
/// </summary>
public static class AnswerLimits
{
    /// <summary>5 s: for a call that the grain carries out by itself, from memory or from its stored rows.</summary>
    public const string Single = "00:00:05";

    /// <summary>10 s: for a call within which the grain calls other grains.</summary>
    public const string Several = "00:00:10";
}
