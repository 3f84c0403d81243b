using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Clearing that takes as long as it takes, in calls that each take a moment.</summary>
internal static class JobClearings
{
    /// <summary>Removes jobs that ended, with their results, and returns how many clients could still see: all, or those that ended at or before <paramref name="endedBy"/>.</summary>
    public static async Task<int> ClearEnded(this IJobCatalogGrain catalog, DateTimeOffset? endedBy, CancellationToken cancellation = default)
    {
        var removed = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var some = await catalog.ClearSome(endedBy);
            removed += some.Removed;
            if (!some.More) return removed;
        }
    }
}
