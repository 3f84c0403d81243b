namespace DiaOrleans.Server.Health;

/// <summary>For how long the engines have had work without a step, as the questions see it. Thread-safe.</summary>
internal sealed class StepAge(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _steps;
    private long? _since;

    /// <summary>The time since the first question that found work and the same number of steps; zero if this is the first.</summary>
    /// <param name="working">Whether a call is in a slot.</param>
    /// <param name="steps">Steps that all engines have made.</param>
    public TimeSpan Measure(bool working, long steps)
    {
        lock (_gate)
        {
            if (!working || steps != _steps) _since = null;
            _steps = steps;
            if (working) _since ??= time.GetTimestamp();
            return _since is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }
}
