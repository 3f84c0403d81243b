using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// The generation log: all entries in memory, stored in pages. A log that has its largest number of entries, or of bytes, removes its
/// oldest page. Calls interleave: a change is made in memory, and those that wait for the store at the same time share its writes.
/// </summary>
[GrainType("dia.generation-log"), Reentrant]
internal sealed partial class GenerationLogGrain(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    GenerationLogOptions options,
    DiskOptions disk,
    CurrentConfiguration configuration,
    TimeProvider time,
    ILogger<GenerationLogGrain> logger) : Grain, IGenerationLogGrain
{
    /// <summary>Entries that are noted within this time share a write.</summary>
    private static readonly TimeSpan NoteTime = TimeSpan.FromMilliseconds(250);

    private readonly LogPages _pages = new(options.PageSize);
    private readonly List<string> _noted = [];
    private readonly SortedSet<long> _changed = [];
    private LogRows _rows = null!;
    private RowsGuard _guard = null!;
    private LateWrite _late = null!;
    private Task _storing = Task.CompletedTask;
    private Task? _next;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _guard = new RowsGuard(this, "The generation log");
        _late = new LateWrite(NoteTime, time, StoreRest);
        _rows = new LogRows(storage);
        var pages = await _rows.Open();
        foreach (var (number, entries) in pages)
        {
            // The stored list may contain pages that became empty later. Only the newest page may be empty: it takes the next entry.
            if (entries.Count > 0 || number == pages[^1].Number) _pages.Set(number, entries);
        }
    }

    /// <summary>Returns when what is in memory is stored.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        StoreRest().WaitUpTo(Timeout.InfiniteTimeSpan, time, cancellationToken);

    public Task Append(GenerationEntry entry)
    {
        _guard.ThrowIfFailed();
        Add(entry);
        return Store();
    }

    public Task Note(GenerationEntry entry)
    {
        _guard.ThrowIfFailed();
        Add(entry);
        _noted.Add(entry.Id);
        _late.Begin();
        return Task.CompletedTask;
    }

    public Task<GenerationPage> List(int limit, string? voice)
    {
        _guard.ThrowIfFailed();
        return Task.FromResult(_pages.List(limit, voice));
    }

    public Task<GenerationEntry?> Get(string id)
    {
        _guard.ThrowIfFailed();
        return Task.FromResult(_pages.Find(id));
    }

    public async Task<GenerationEntry?> Remove(string id)
    {
        _guard.ThrowIfFailed();
        var entry = _pages.Find(id);
        if (entry is not null) await Remove([entry]);
        return entry;
    }

    public Task Clear()
    {
        _guard.ThrowIfFailed();
        foreach (var page in _pages.Numbers.ToArray()) Set(page, []);
        return Store();
    }

    public Task<IReadOnlyList<GenerationEntry>> RemoveBefore(DateTimeOffset before)
    {
        _guard.ThrowIfFailed();
        return Remove([.. _pages.Newest.Where(entry => entry.Timestamp < before)]);
    }

    public Task<IReadOnlyList<GenerationEntry>> RemoveByFiles(IReadOnlyList<string> filePaths)
    {
        _guard.ThrowIfFailed();
        var files = filePaths.ToHashSet(StringComparer.Ordinal);
        return Remove([.. _pages.Newest.Where(entry => entry.FilePath is { } file && files.Contains(file))]);
    }

    private async Task<IReadOnlyList<GenerationEntry>> Remove(IReadOnlyList<GenerationEntry> entries)
    {
        foreach (var (page, left) in _pages.Without(entries)) Set(page, left);
        await Store();
        return entries;
    }

    private void Add(GenerationEntry entry)
    {
        if (_pages.Contains(entry.Id)) return;
        while (IsFull(entry)) Set(_pages.Numbers.First(), []);
        _changed.Add(_pages.Add(entry));
        if (configuration.Value.ShowPrompts) Log.GeneratedText(logger, entry.Id, entry.Voice, entry.GenerationTime, entry.Text);
        else Log.Generated(logger, entry.Id, entry.Voice, entry.GenerationTime);
    }

    private bool IsFull(GenerationEntry next) => _pages.Count >= options.MaxEntries
        || (_pages.Count > 0 && _pages.Bytes + LogPages.SizeOf(next) > (long)disk.MaxLogMegabytes << 20);

    private void Set(long page, IReadOnlyList<GenerationEntry> entries)
    {
        _pages.Set(page, entries);
        _changed.Add(page);
    }

    private Task StoreRest() => _guard.HasFailed ? Task.CompletedTask : Store();

    /// <summary>Returns when all changes of before are stored.</summary>
    private Task Store()
    {
        if (_next is not null) return _next;
        return _storing.IsCompleted ? _storing = StoreChanged() : _next = StoreNext();
    }

    private async Task StoreNext()
    {
        // If a write fails, so do those after it: the next activation reads the store.
        await _storing;
        _next = null;
        await (_storing = StoreChanged());
    }

    private async Task StoreChanged()
    {
        long[] changed = [.. _changed];
        string[] noted = [.. _noted];
        _changed.Clear();
        _noted.Clear();
        try
        {
            await _guard.Run(() => _rows.Store(changed, _pages));
        }
        catch (Exception e)
        {
            // What was noted during the write is lost, too.
            foreach (var entry in noted.Concat(_noted)) Log.NotStored(logger, e, entry);
            _noted.Clear();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Debug, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s.")]
        public static partial void Generated(ILogger logger, string id, string voice, double seconds);

        [LoggerMessage(302, LogLevel.Information, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s: {Text}")]
        public static partial void GeneratedText(ILogger logger, string id, string voice, double seconds, string text);

        [LoggerMessage(303, LogLevel.Warning, "The log entry of request {Request} could not be stored; its client gets the audio.")]
        public static partial void NotStored(ILogger logger, Exception cause, string request);
    }
}
