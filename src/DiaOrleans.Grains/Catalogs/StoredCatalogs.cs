using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Catalogs;

/// <summary>Reads catalogues from their stored rows, beside their grains.</summary>
internal static class StoredCatalogs
{
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
        var full = await reads.ReadStates<IdPageState>([.. newest.Pages.Select(number => grains.GetPage(name, number))], IdPageState.Name);
        return [.. new IdPages(newest, [.. full.Select(page => page.Ids)]).Ids];
    }

    /// <summary>
    /// What is stored of listed ids, by few reads of the store. Where nothing is stored, the grain is asked: it may be storing the first
    /// state now, and otherwise its activation corrects the catalogue.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <param name="readStored">Reads what is stored of all of them; null where nothing is.</param>
    /// <param name="ask">Asks the grain of one.</param>
    public static async Task<IReadOnlyList<T?>> ReadListed<T>(
        IReadOnlyList<string> ids,
        Func<IReadOnlyList<string>, Task<IReadOnlyList<T?>>> readStored,
        Func<string, Task<T?>> ask) where T : class
    {
        var found = (await readStored(ids)).ToArray();
        var missing = Enumerable.Range(0, ids.Count).Where(index => found[index] is null).ToArray();
        var answers = await Batches.ReadAll(missing, index => ask(ids[index]));
        foreach (var (index, answer) in missing.Zip(answers)) found[index] = answer;
        return found;
    }
}
