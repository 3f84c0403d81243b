namespace DiaOrleans.Grains.Catalogs;

/// <summary>
/// The ids of a catalogue in the order of their creation, in pages, so that a change writes one page and not all ids. Changes are made
/// here first; the caller stores the pages that they return, and then the newest page.
/// </summary>
internal sealed class IdPages
{
    /// <summary>Ids of a full page.</summary>
    public const int Size = 256;

    private const long Newest = 0;

    private readonly IIdCatalogState _newest;
    private readonly SortedDictionary<long, List<string>> _full = [];
    private readonly Dictionary<string, long> _pageOf = new(StringComparer.Ordinal);

    /// <param name="newest">The newest page; it is changed.</param>
    /// <param name="full">The full pages, in the order of their numbers in <paramref name="newest"/>.</param>
    public IdPages(IIdCatalogState newest, IReadOnlyList<List<string>> full)
    {
        _newest = newest;
        foreach (var (number, ids) in newest.Pages.Zip(full))
        {
            _full[number] = ids;
            foreach (var id in ids) _pageOf[id] = number;
        }

        foreach (var id in newest.Ids) _pageOf[id] = Newest;
    }

    /// <summary>Number of ids.</summary>
    public int Count => _pageOf.Count;

    /// <summary>All ids, in the order of their creation.</summary>
    public IEnumerable<string> Ids => _full.Values.SelectMany(ids => ids).Concat(_newest.Ids);

    /// <summary>Whether an id is listed.</summary>
    public bool Contains(string id) => _pageOf.ContainsKey(id);

    /// <summary>Adds an id that is not listed, at the end.</summary>
    /// <returns>
    /// The full pages that were made, to store before the newest: a crash between the two writes leaves the old newest page, which makes
    /// the same pages again.
    /// </returns>
    public IReadOnlyList<IdPage> Add(string id)
    {
        var made = new List<IdPage>();
        // Version 1 has stored all ids in this page.
        while (_newest.Ids.Count >= Size) made.Add(CloseNewest());
        _newest.Ids.Add(id);
        _pageOf[id] = Newest;
        return made;
    }

    /// <summary>Removes an id that is listed.</summary>
    /// <returns>The full page that has changed, to store before the newest; null if the id was in the newest.</returns>
    public IdPage? Remove(string id)
    {
        _pageOf.Remove(id, out var number);
        if (number == Newest)
        {
            _newest.Ids.Remove(id);
            return null;
        }

        var ids = _full[number];
        ids.Remove(id);
        if (ids.Count == 0)
        {
            _full.Remove(number);
            _newest.Pages.Remove(number);
        }

        return new IdPage(number, ids);
    }

    private IdPage CloseNewest()
    {
        var number = _newest.Pages.Count == 0 ? 1 : _newest.Pages[^1] + 1;
        var ids = _newest.Ids.GetRange(0, Size);
        _newest.Ids.RemoveRange(0, Size);
        _newest.Pages.Add(number);
        _full[number] = ids;
        foreach (var id in ids) _pageOf[id] = number;
        return new IdPage(number, ids);
    }
}

/// <summary>A full page: its number, 1 or more, and its ids.</summary>
internal sealed record IdPage(long Number, List<string> Ids);
