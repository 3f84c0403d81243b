namespace DiaOrleans.Grains.Retention;

/// <summary>From a configured number of hours, which may be any, to a point in time.</summary>
internal static class RetentionAge
{
    /// <summary>What is older than this goes. Hours below zero count as none, and more than there were since the year 1 keep everything.</summary>
    public static DateTimeOffset Limit(DateTimeOffset now, long hours) =>
        hours <= 0 ? now : hours >= (now - DateTimeOffset.MinValue).TotalHours ? DateTimeOffset.MinValue : now.AddHours(-hours);
}
