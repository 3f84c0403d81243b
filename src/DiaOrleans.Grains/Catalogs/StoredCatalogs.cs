using DiaOrleans.Grains.State;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Catalogs;

/// <summary>Reads catalogues from their stored rows, beside their grains.</summary>
internal static class StoredCatalogs
{
    /// <summary>Items that are read at the same time.</summary>
    private const int Batch = 64;

    /// <summary>The grain of a full page.</summary>
    /// <param name="grains">Makes the reference.</param>
    /// <param name="name">Name of the catalogue.</param>
    /// <param name="number">Number of the page.</param>
    public static IIdPageGrain GetPage(this IGrainFactory grains, string name, long number) =>
        grains.GetGrain<IIdPageGrain>($"{name}/{number}");

    /// <summary>All ids that are stored, in the order of their creation. The grain of each id decides whether it exists.</summary>
    /// <param name="reads">Reads rows.</param>
    /// <param name="grains">Makes references of pages.</param>
    /// <param name="catalog">The grain of the catalogue.</param>
    /// <param name="state">Name of its state.</param>
    /// <param name="name">Name of the catalogue.</param>
    public static async Task<IReadOnlyList<string>> ReadIds<TState>(
        this StoredReads reads,
        IGrainFactory grains,
        IAddressable catalog,
        string state,
        string name) where TState : class, IIdCatalogState, new()
    {
        var newest = await reads.ReadState<TState>(catalog, state);
        var full = await ReadAll(newest.Pages, number => reads.ReadState<IdPageState>(grains.GetPage(name, number), IdPageState.Name));
        return [.. new IdPages(newest, [.. full.Select(page => page.Ids)]).Ids];
    }

    /// <summary>Reads something of each item, some of them at a time.</summary>
    /// <returns>What was read, in the order of the items.</returns>
    public static async Task<IReadOnlyList<TRead>> ReadAll<TItem, TRead>(IReadOnlyList<TItem> items, Func<TItem, Task<TRead>> read)
    {
        var all = new List<TRead>(items.Count);
        foreach (var some in items.Chunk(Batch)) all.AddRange(await Task.WhenAll(some.Select(read)));
        return all;
    }
}
