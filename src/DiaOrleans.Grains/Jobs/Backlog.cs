namespace DiaOrleans.Grains.Jobs;

/// <summary>How long a client of a full queue should stay away.</summary>
internal static class Backlog
{
    /// <summary>Part of the backlog that should be worked off before a client tries again.</summary>
    private const double Share = 0.1;

    /// <summary>Taken for true before the first job has ended.</summary>
    private const double UnmeasuredSecondsPerJob = 5;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>From the backlog and the speed measured: the time in which a tenth of it is done.</summary>
    public static TimeSpan RetryAfter(LeaseQueue queue)
    {
        var jobs = Math.Ceiling(queue.Waiting * Share);
        var wait = TimeSpan.FromSeconds(jobs * (queue.SecondsPerJob ?? UnmeasuredSecondsPerJob) / Math.Max(1, queue.Leased));
        return wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
    }
}
