using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// The stored rows of the log: one with the numbers of the pages, and one a page, so that an added entry writes one page and not the whole
/// log.
/// </summary>
/// <param name="storage">The grain storage <see cref="StateStorage.ProviderName"/>.</param>
internal sealed class LogRows(IGrainStorage storage)
{
    private const string HeadName = "generation-log";
    private const string PageName = "generation-log-page";

    private readonly StoredRow<GenerationLogState> _head = new(storage, HeadName, Id(HeadName, 0));
    private readonly Dictionary<long, StoredRow<GenerationLogPageState>> _pages = [];

    /// <summary>Reads all pages, oldest first.</summary>
    public async Task<IReadOnlyList<(long Number, IReadOnlyList<GenerationEntry> Entries)>> Open()
    {
        await _head.Read();
        var numbers = _head.State.Pages;
        await Task.WhenAll(numbers.Select(number => Page(number).Read()));
        return [.. numbers.Select(number => (number, (IReadOnlyList<GenerationEntry>)Page(number).State.Entries))];
    }

    /// <summary>
    /// Stores pages. The list of pages comes before a page that is not in it, so that each stored page with an entry is in the stored list.
    /// An empty page is removed from the store, unless it is the newest, which takes the next entry: a removed page is never stored again,
    /// because the store may forget its version.
    /// </summary>
    /// <param name="changed">Numbers of the pages to store.</param>
    /// <param name="pages">The log in memory.</param>
    public async Task Store(IReadOnlyList<long> changed, LogPages pages)
    {
        if (changed.Any(number => !_head.State.Pages.Contains(number)))
        {
            _head.State.Pages = [.. pages.Numbers.Union(changed).Order()];
            await _head.Write();
        }

        foreach (var number in changed) await Store(number, pages);
    }

    private Task Store(long number, LogPages pages)
    {
        var page = Page(number);
        page.State.Entries = [.. pages[number]];
        if (pages.Numbers.Contains(number)) return page.Write();
        _pages.Remove(number);
        return page.Clear();
    }

    private StoredRow<GenerationLogPageState> Page(long number)
    {
        if (!_pages.TryGetValue(number, out var page)) _pages[number] = page = new(storage, PageName, Id(PageName, number));
        return page;
    }

    private static GrainId Id(string name, long key) =>
        GrainId.Create(GrainType.Create($"dia.{name}"), GrainIdKeyExtensions.CreateIntegerKey(key));
}
