namespace DiaOrleans.Grains.Retention;

/// <summary>Converts a retention time in hours, which may be any number, to a point in time.</summary>
internal static class RetentionAge
{
    /// <summary>
    /// The time of the oldest data that is kept: <paramref name="hours"/> before <paramref name="now"/>. <paramref name="now"/> for 0 and
    /// below; <see cref="DateTimeOffset.MinValue"/> if the hours reach back before the year 1.
    /// </summary>
    public static DateTimeOffset GetOldestKept(DateTimeOffset now, long hours)
    {
        if (hours <= 0) return now;
        return hours >= (now - DateTimeOffset.MinValue).TotalHours ? DateTimeOffset.MinValue : now.AddHours(-hours);
    }
}
