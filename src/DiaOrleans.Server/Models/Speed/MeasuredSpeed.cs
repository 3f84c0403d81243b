using static System.FormattableString;

namespace DiaOrleans.Server.Models.Speed;

/// <summary>A measured speed.</summary>
/// <param name="Key">What it depends on.</param>
/// <param name="Factor">Seconds of audio made in a second by one request alone, codec included.</param>
/// <param name="At">When it was measured.</param>
internal sealed record MeasuredSpeed(SpeedKey Key, double Factor, DateTimeOffset At)
{
    /// <summary>Whether speech is made at least as fast as it is played.</summary>
    public bool IsRealTime => Factor >= 1;

    /// <summary>For example: fp32 on cpu: about 0.13 times real time, codec included.</summary>
    public string Describe() => Invariant($"{Key.Precision} on {Key.Device}: about {Factor:0.##} times real time, codec included");

    /// <summary>What would help if real time is out of reach.</summary>
    /// <param name="fasterPrecisions">Names of precisions of this device that are faster.</param>
    public string Advise(IReadOnlyList<string> fasterPrecisions)
    {
        var precision = fasterPrecisions.Count == 0 ? "" : $"another precision ({string.Join(", ", fasterPrecisions)}), ";
        var threads = Key.Threads > 0 && Key.Threads < Environment.ProcessorCount ? "more threads (--threads), " : "";
        return $"What would help: {precision}{threads}a processor with more cores and memory bandwidth, or a GPU.";
    }
}
