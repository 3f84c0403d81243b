namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>When a client that a full queue refuses should try again.</summary>
internal static class RetryAfterEstimate
{
    /// <summary>Part of the waiting jobs that should have been run by then.</summary>
    private const double Share = 0.1;

    /// <summary>Assumed until the first job has ended.</summary>
    private const double UnmeasuredSecondsPerJob = 5;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The time in which a tenth of the waiting jobs is run at the measured speed; 1 s to 10 min.</summary>
    public static TimeSpan Compute(LeaseQueue queue)
    {
        var jobs = Math.Ceiling(queue.Waiting * Share);
        var seconds = jobs * (queue.SecondsPerJob ?? UnmeasuredSecondsPerJob) / Math.Max(1, queue.Leased);
        return TimeSpan.FromSeconds(Math.Clamp(seconds, Shortest.TotalSeconds, Longest.TotalSeconds));
    }
}
