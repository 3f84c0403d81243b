namespace DiaOrleans.Inference.Serving;

/// <summary>
/// The engine's recent decoding speed: the sum, over its decoders, of a moving average over steps, weighted towards the last few seconds of
/// audio. A decoder that waits counts with the speed that it had.
/// </summary>
/// <param name="frameRate">Frames per second of audio.</param>
/// <param name="decoders">Decoders that step side by side.</param>
internal sealed class DecodeSpeed(double frameRate, int decoders)
{
    private const double Weight = 1.0 / 64;
    private const double StepWeight = 1.0 / 16;

    private readonly double[] _factors = new double[decoders];
    private readonly double[] _steps = new double[decoders];

    /// <summary>What a step of the slowest decoder took lately: a moving average over the last ones; zero before the first.</summary>
    public TimeSpan Step
    {
        get
        {
            var longest = 0.0;
            for (var i = 0; i < _steps.Length; i++) longest = Math.Max(longest, Volatile.Read(ref _steps[i]));
            return TimeSpan.FromSeconds(longest);
        }
    }

    /// <summary>Audio seconds per wall second, all slots together; 0 before the first step.</summary>
    public double RealTimeFactor
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _factors.Length; i++) sum += Volatile.Read(ref _factors[i]);
            return sum;
        }
    }

    /// <summary>Counts a step of so many slots of one decoder; called by one thread at a time for each decoder.</summary>
    public void Stepped(int decoder, int slots, TimeSpan took)
    {
        var now = slots / frameRate / Math.Max(took.TotalSeconds, 1e-6);
        var before = _factors[decoder];
        Volatile.Write(ref _factors[decoder], before == 0 ? now : before + Weight * (now - before));
        var step = _steps[decoder];
        Volatile.Write(ref _steps[decoder], step == 0 ? took.TotalSeconds : step + StepWeight * (took.TotalSeconds - step));
    }

    /// <summary>Predicted wall time for so much audio, in whole seconds, 1 to 3600.</summary>
    public TimeSpan TimeFor(double audioSeconds)
    {
        var factor = RealTimeFactor;
        return TimeSpan.FromSeconds(factor == 0 ? 1 : Math.Clamp(Math.Ceiling(audioSeconds / factor), 1, 3600));
    }
}
