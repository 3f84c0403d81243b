namespace DiaOrleans.Inference.Serving;

/// <summary>The engine's recent decoding speed: a moving average over steps, weighted towards the last few seconds of audio.</summary>
internal sealed class DecodeSpeed(double frameRate)
{
    private const double Weight = 1.0 / 64;

    private double _factor;

    /// <summary>Audio seconds per wall second, all slots together; 0 before the first step.</summary>
    public double RealTimeFactor => Volatile.Read(ref _factor);

    /// <summary>Counts a step of so many slots.</summary>
    public void Stepped(int slots, TimeSpan took)
    {
        var now = slots / frameRate / Math.Max(took.TotalSeconds, 1e-6);
        var before = RealTimeFactor;
        Volatile.Write(ref _factor, before == 0 ? now : before + Weight * (now - before));
    }

    /// <summary>Predicted wall time for so much audio, in whole seconds, 1 to 3600.</summary>
    public TimeSpan TimeFor(double audioSeconds)
    {
        var factor = RealTimeFactor;
        return TimeSpan.FromSeconds(factor == 0 ? 1 : Math.Clamp(Math.Ceiling(audioSeconds / factor), 1, 3600));
    }
}
