namespace DiaOrleans.Grains.Waiting;

/// <summary>The longest wait inside one grain call. The caller repeats the call to wait longer.</summary>
internal static class LongPoll
{
    /// <summary>20 s: below the 30 s after which Orleans ends a call with a <see cref="TimeoutException"/>.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    /// <summary>The smaller of the requested wait and <see cref="MaxWait"/>.</summary>
    public static TimeSpan Limit(TimeSpan requested) => requested < MaxWait ? requested : MaxWait;
}
