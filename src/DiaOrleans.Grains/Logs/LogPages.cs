using DiaOrleans.Abstractions.Logs;

namespace DiaOrleans.Grains.Logs;

/// <summary>The log in memory, page by page as it is stored.</summary>
internal sealed class LogPages(int pageSize)
{
    private readonly SortedDictionary<long, List<GenerationEntry>> _pages = [];
    private readonly Dictionary<string, long> _pageOf = new(StringComparer.Ordinal);

    /// <summary>Numbers of the pages, oldest first.</summary>
    public IEnumerable<long> Numbers => _pages.Keys;

    /// <summary>Entries in all.</summary>
    public int Count => _pageOf.Count;

    /// <summary>Newest first.</summary>
    public IEnumerable<GenerationEntry> Newest => _pages.Reverse().SelectMany(page => page.Value.AsEnumerable().Reverse());

    public bool Contains(string id) => _pageOf.ContainsKey(id);

    public GenerationEntry? Find(string id) => _pageOf.TryGetValue(id, out var page) ? _pages[page].First(entry => entry.Id == id) : null;

    /// <summary>The page that takes the next entry; it is not among <see cref="Numbers"/> where it has still to be begun.</summary>
    public long Next() => _pages.Count == 0 ? 0 : _pages.Last() is var newest && newest.Value.Count < pageSize ? newest.Key : newest.Key + 1;

    /// <summary>What a page would hold with one entry more.</summary>
    public IReadOnlyList<GenerationEntry> With(long number, GenerationEntry entry) => [.. _pages[number], entry];

    /// <summary>The pages that hold any of <paramref name="gone"/>, and what they would hold without them.</summary>
    public IReadOnlyList<(long Number, IReadOnlyList<GenerationEntry> Left)> Without(IEnumerable<GenerationEntry> gone)
    {
        var ids = gone.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return [.. ids.Select(id => _pageOf[id]).Distinct().Order().Select(page => (page, (IReadOnlyList<GenerationEntry>)[.. _pages[page].Where(entry => !ids.Contains(entry.Id))]))];
    }

    /// <summary>Takes over what a page holds. The newest page may be empty; an older one that is is forgotten.</summary>
    public void Take(long number, IReadOnlyList<GenerationEntry> entries)
    {
        foreach (var entry in _pages.GetValueOrDefault(number, [])) _pageOf.Remove(entry.Id);
        foreach (var entry in entries) _pageOf[entry.Id] = number;
        if (entries.Count > 0 || number >= _pages.Keys.LastOrDefault(number)) _pages[number] = [.. entries];
        else _pages.Remove(number);
    }
}
