using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// A stored list that is appended to at its end and trimmed at its start. A write stores the newest entries and two positions, whatever
/// the length of the list: older entries are in pages of <see cref="PageSize"/>, which never change. The first row commits all: a page
/// that it does not cover is not part of the list. Every instance that opens the list changes the first row, so that an instance that has
/// been replaced can store nothing any more; if the store takes no writes, the new one only reads. Not thread-safe: for use in grain turns.
/// </summary>
/// <param name="storage">The grain storage <see cref="StateStorage.ProviderName"/>.</param>
/// <param name="name">Name of the state of the first row; a page has <c>-page</c> after it.</param>
/// <param name="key">Key of the first row; a page has its number after it.</param>
internal sealed class EntryLog<THead, TPage, TEntry>(IGrainStorage storage, string name, string key)
    where THead : EntryLogHead<TEntry>, new()
    where TPage : EntryLogPage<TEntry>, new()
{
    /// <summary>Entries of a page.</summary>
    public const int PageSize = 64;

    private const int ReadsAtOnce = 8;

    private readonly StoredRow<THead> _head = new(storage, name, GrainId.Create(name, key));
    private readonly SortedDictionary<long, StoredRow<TPage>> _pages = [];
    private readonly List<TEntry> _entries = [];
    private int _trimmed;
    private bool _closing;

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count - _trimmed;

    /// <summary>The entry at a place from the start, 0 to <see cref="Count"/> - 1.</summary>
    public TEntry this[int index] => _entries[_trimmed + index];

    /// <summary>Reads the list. Call it once, before any other method.</summary>
    /// <param name="guard">Takes the rows over.</param>
    public async Task Open(RowsGuard guard)
    {
        await _head.Read();
        _head.State.Epoch++;
        await guard.TakeOver(_head.Write);
        var head = _head.State;
        var numbers = new List<long>();
        for (var number = head.Start / PageSize; number * PageSize < head.TailStart; number++) numbers.Add(number);
        foreach (var some in numbers.Chunk(ReadsAtOnce))
        {
            StoredRow<TPage>[] pages = [.. some.Select(PageRow)];
            await Task.WhenAll(pages.Select(page => page.Read()));
            foreach (var (number, page) in some.Zip(pages)) Load(number, page);
        }

        if (_pages.Count == 0 && head.TailStart > head.Start) head.Start = head.TailStart;
        _entries.AddRange(head.Tail);
        _trimmed = (int)(head.Start - FirstPosition);
    }

    /// <summary>Stores an entry at the end.</summary>
    public async Task Append(TEntry entry)
    {
        _entries.Add(entry);
        _head.State.Tail.Add(entry);
        if (_head.State.Tail.Count > PageSize && !_closing) await ClosePages();
        await _head.Write();
    }

    /// <summary>Removes entries at the start.</summary>
    /// <param name="count">Their number, 0 to <see cref="Count"/>.</param>
    public async Task Trim(int count)
    {
        if (count == 0) return;
        _trimmed += count;
        _head.State.Start += count;
        // Pages first: after a crash the list begins with the first page that exists.
        foreach (var (number, page) in _pages.Where(page => (page.Key + 1) * PageSize <= _head.State.Start).ToArray())
        {
            _pages.Remove(number);
            _entries.RemoveRange(0, PageSize);
            _trimmed -= PageSize;
            await page.Clear();
        }

        await _head.Write();
    }

    /// <summary>Whether no other instance has opened the list since.</summary>
    public Task<bool> IsCurrent() => _head.IsCurrent();

    private long FirstPosition => _pages.Count > 0 ? _pages.Keys.First() * PageSize : _head.State.TailStart;

    private StoredRow<TPage> PageRow(long number) =>
        new(storage, $"{name}-page", GrainId.Create($"{name}-page", $"{key}-{number}"));

    /// <summary>A page that a trim has removed before a crash is missing; those before it are too.</summary>
    private void Load(long number, StoredRow<TPage> page)
    {
        if (page.State.Entries.Count == 0)
        {
            _pages.Clear();
            _entries.Clear();
            _head.State.Start = Math.Max(_head.State.Start, (number + 1) * PageSize);
            return;
        }

        _pages.Add(number, page);
        _entries.AddRange(page.State.Entries);
        page.State.Entries = [];
    }

    private async Task ClosePages()
    {
        _closing = true;
        try
        {
            while (_head.State.Tail.Count > PageSize) await ClosePage();
        }
        finally
        {
            _closing = false;
        }
    }

    private async Task ClosePage()
    {
        var head = _head.State;
        var number = head.TailStart / PageSize;
        var page = PageRow(number);
        await page.Read();
        // A page that exists was left by an instance that ended before it could commit it, unless this instance itself is replaced.
        if (page.Exists && !await _head.IsCurrent()) throw new InconsistentStateException("Another activation has opened the list.");
        page.State.Entries = head.Tail[..PageSize];
        await page.Write();
        page.State.Entries = [];
        head.Tail.RemoveRange(0, PageSize);
        head.TailStart += PageSize;
        _pages.Add(number, page);
    }
}

/// <summary>The first row of an <see cref="EntryLog{THead,TPage,TEntry}"/>.</summary>
internal abstract class EntryLogHead<TEntry>
{
    /// <summary>How often the list was opened.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>Position of the first entry.</summary>
    [Id(1)] public long Start { get; set; }

    /// <summary>Position of the first entry of <see cref="Tail"/>: a multiple of the size of a page.</summary>
    [Id(2)] public long TailStart { get; set; }

    /// <summary>The newest entries.</summary>
    [Id(3)] public List<TEntry> Tail { get; set; } = [];
}

/// <summary>A page of an <see cref="EntryLog{THead,TPage,TEntry}"/>.</summary>
internal abstract class EntryLogPage<TEntry>
{
    /// <summary>The entries, in order.</summary>
    [Id(0)] public List<TEntry> Entries { get; set; } = [];
}
