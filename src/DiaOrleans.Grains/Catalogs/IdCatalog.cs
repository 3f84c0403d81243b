using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Catalogs;

/// <summary>How grains correct their entries in a catalogue.</summary>
internal static class IdCatalog
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Waits a moment for the correction of an entry by the activation of its grain. If the catalogue does not answer or its store fails,
    /// the grain works nevertheless: a later activation corrects the entry.
    /// </summary>
    /// <param name="correction">The call of the catalogue.</param>
    /// <param name="time">Clock of the limit.</param>
    public static Task Correct(Task correction, TimeProvider time) => correction.WaitUpTo(Limit, time);
}

/// <summary>The ids of a catalogue grain and their stores: the grain's own state and one row a full page.</summary>
/// <param name="name">The catalogue's name, which is in the keys of its pages.</param>
/// <param name="state">The grain's state.</param>
/// <param name="grain">The grain; it is deactivated if a write fails.</param>
/// <param name="grains">Calls the pages.</param>
internal sealed class IdCatalog<TState>(string name, IPersistentState<TState> state, IGrainBase grain, IGrainFactory grains)
    where TState : IIdCatalogState
{
    private IdPages _pages = null!;

    /// <summary>All ids, in the order of their creation.</summary>
    public IEnumerable<string> Ids => _pages.Ids;

    /// <summary>Reads the pages; call it when the grain is activated.</summary>
    public async Task Load() =>
        _pages = new IdPages(state.State, await Task.WhenAll(state.State.Pages.Select(number => Page(number).Read())));

    /// <summary>Whether an id is listed, or can be added without passing a limit.</summary>
    public bool HasRoomFor(string id, int max) => _pages.Contains(id) || _pages.Count < max;

    /// <summary>Adds an id at the end unless it is listed.</summary>
    public Task Add(string id) => _pages.Contains(id) ? Task.CompletedTask : Store(() => _pages.Add(id));

    /// <summary>Removes an id if it is listed.</summary>
    public Task Remove(string id) => _pages.Contains(id) ? Store(() => _pages.Remove(id) is { } page ? [page] : []) : Task.CompletedTask;

    private IIdPageGrain Page(long number) => grains.GetPage(name, number);

    private Task Store(Func<IReadOnlyList<IdPage>> change) => grain.ChangeOrDeactivate(async () =>
    {
        foreach (var page in change()) await Page(page.Number).Write(page.Ids);
        await state.WriteStateAsync();
    });
}
