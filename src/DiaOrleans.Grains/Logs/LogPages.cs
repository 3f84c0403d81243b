using System.Text;
using DiaOrleans.Abstractions.Logs;

namespace DiaOrleans.Grains.Logs;

/// <summary>The log in memory, in the pages in which it is stored.</summary>
/// <param name="pageSize">Entries in a full page.</param>
internal sealed class LogPages(int pageSize)
{
    /// <summary>Names of members, numbers and times, and the path of a saved output.</summary>
    private const int FixedBytes = 512;

    private readonly SortedList<long, List<GenerationEntry>> _pages = [];
    private readonly Dictionary<string, long> _pageById = new(StringComparer.Ordinal);

    /// <summary>Numbers of the pages, oldest first.</summary>
    public IEnumerable<long> Numbers => _pages.Keys;

    /// <summary>Entries in all pages.</summary>
    public int Count => _pageById.Count;

    /// <summary>Bytes of all entries, nearly.</summary>
    public long Bytes { get; private set; }

    /// <summary>All entries, newest first.</summary>
    public IEnumerable<GenerationEntry> Newest => _pages.Reverse().SelectMany(page => page.Value.AsEnumerable().Reverse());

    /// <summary>Entries, newest first.</summary>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    /// <param name="voice">Only entries of this voice; null for all.</param>
    public GenerationPage List(int limit, string? voice) =>
        new([.. Newest.Where(entry => voice is null || entry.Voice == voice).Take(limit)], Count);

    public bool Contains(string id) => _pageById.ContainsKey(id);

    public GenerationEntry? Find(string id) =>
        _pageById.TryGetValue(id, out var page) ? _pages[page].First(entry => entry.Id == id) : null;

    /// <summary>The entries of a page, oldest first; none if there is no such page.</summary>
    public IReadOnlyList<GenerationEntry> this[long number] => _pages.GetValueOrDefault(number, []);

    /// <summary>The pages that contain entries of <paramref name="removed"/>, and what is left in each without them.</summary>
    public IReadOnlyList<(long Number, IReadOnlyList<GenerationEntry> Left)> Without(IEnumerable<GenerationEntry> removed)
    {
        var ids = removed.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return [.. ids.Select(id => _pageById[id]).Distinct().Order().Select(page => (page, Left(page)))];

        IReadOnlyList<GenerationEntry> Left(long page) => [.. _pages[page].Where(entry => !ids.Contains(entry.Id))];
    }

    /// <summary>Adds an entry behind the others; returns the number of its page, which may be new.</summary>
    public long Add(GenerationEntry entry)
    {
        var number = _pages.Count == 0 ? 0 : _pages.Keys[^1];
        if (this[number].Count >= pageSize) number++;
        if (!_pages.TryGetValue(number, out var page)) _pages[number] = page = [];
        page.Add(entry);
        Enter(entry, number);
        return number;
    }

    /// <summary>Sets the entries of a page. Without entries the newest page stays, and an older one is removed.</summary>
    public void Set(long number, IReadOnlyList<GenerationEntry> entries)
    {
        foreach (var entry in _pages.GetValueOrDefault(number, []))
        {
            _pageById.Remove(entry.Id);
            Bytes -= SizeOf(entry);
        }

        foreach (var entry in entries) Enter(entry, number);
        if (entries.Count > 0 || number >= _pages.Keys.LastOrDefault(number)) _pages[number] = [.. entries];
        else _pages.Remove(number);
    }

    /// <summary>Bytes of an entry as it is stored, nearly.</summary>
    public static long SizeOf(GenerationEntry entry) => FixedBytes + (long)Utf8(entry.Text) + Utf8(entry.ProcessedText) + Utf8(entry.Voice);

    private void Enter(GenerationEntry entry, long page)
    {
        _pageById[entry.Id] = page;
        Bytes += SizeOf(entry);
    }

    private static int Utf8(string text) => Encoding.UTF8.GetByteCount(text);
}
