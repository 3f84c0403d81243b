using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Calls to the catalogue that take several steps.</summary>
internal static class JobCatalogExtensions
{
    /// <summary>Removes ended jobs with their results, batch by batch.</summary>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="endedBy">Only jobs that ended at or before this time; null for all that have ended.</param>
    /// <param name="cancellation">Ends the removal between two batches.</param>
    /// <returns>Number of removed jobs that clients could still see.</returns>
    public static async Task<int> ClearEnded(
        this IJobCatalogGrain catalog,
        DateTimeOffset? endedBy,
        CancellationToken cancellation = default)
    {
        var removed = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = await catalog.ClearBatch(endedBy);
            removed += batch.Removed;
            if (!batch.More) return removed;
        }
    }
}
