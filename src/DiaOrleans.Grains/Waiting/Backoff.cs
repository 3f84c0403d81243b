namespace DiaOrleans.Grains.Waiting;

/// <summary>How long to wait before the next try of what keeps failing: 1 s, then twice as long each time, 30 s at most.</summary>
internal sealed class Backoff
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = Shortest;

    /// <summary>Whether it failed since it last went well.</summary>
    public bool InTrouble => Failures > 0;

    /// <summary>Failures since it last went well.</summary>
    public int Failures { get; private set; }

    /// <summary>It failed once more: the pause to make.</summary>
    public TimeSpan Next()
    {
        Failures++;
        var pause = _next;
        _next = pause + pause < Longest ? pause + pause : Longest;
        return pause;
    }

    /// <summary>It went well.</summary>
    public void Reset() => (_next, Failures) = (Shortest, 0);
}
