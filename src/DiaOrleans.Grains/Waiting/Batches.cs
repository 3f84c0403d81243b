namespace DiaOrleans.Grains.Waiting;

/// <summary>Work on many items, some of them at a time.</summary>
internal static class Batches
{
    private const int Size = 64;

    /// <summary>Reads something of each item.</summary>
    /// <returns>What was read, in the order of the items.</returns>
    public static async Task<IReadOnlyList<TRead>> ReadAll<TItem, TRead>(IReadOnlyList<TItem> items, Func<TItem, Task<TRead>> read)
    {
        var all = new List<TRead>(items.Count);
        foreach (var some in items.Chunk(Size)) all.AddRange(await Task.WhenAll(some.Select(read)));
        return all;
    }
}
