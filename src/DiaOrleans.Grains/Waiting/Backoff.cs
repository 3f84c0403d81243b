namespace DiaOrleans.Grains.Waiting;

/// <summary>Pauses between attempts that keep failing: 1 s after the first failure, then twice as long each time, 30 s at most.</summary>
internal sealed class Backoff
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = Shortest;

    /// <summary>Whether the last attempt failed.</summary>
    public bool IsFailing => Failures > 0;

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Records a failure and returns the pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        Failures++;
        var pause = _next;
        _next = pause + pause < Longest ? pause + pause : Longest;
        return pause;
    }

    /// <summary>Records a success.</summary>
    public void Reset()
    {
        _next = Shortest;
        Failures = 0;
    }
}
