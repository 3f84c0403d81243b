using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// The generation log: all entries in memory, stored in pages. A log that has its largest number of entries, or of bytes, removes its
/// oldest page.
/// </summary>
[GrainType("dia.generation-log")]
internal sealed partial class GenerationLogGrain(
    [PersistentState("generation-log", StateStorage.ProviderName)] IPersistentState<GenerationLogState> state,
    GenerationLogOptions options,
    DiskOptions disk,
    CurrentConfiguration configuration,
    ILogger<GenerationLogGrain> logger) : Grain, IGenerationLogGrain
{
    private readonly LogPages _pages = new(options.PageSize);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var numbers = state.State.Pages;
        var pages = await Task.WhenAll(numbers.Select(number => PageGrain(number).Read()));
        foreach (var (number, entries) in numbers.Zip(pages))
        {
            // The stored list may contain pages that became empty later. Only the newest page may be empty: it takes the next entry.
            if (entries.Count > 0 || number == numbers[^1]) _pages.Set(number, entries);
        }
    }

    public async Task Append(GenerationEntry entry)
    {
        if (_pages.Contains(entry.Id)) return;
        while (IsFull(entry)) await Write(_pages.Numbers.First(), []);
        var page = _pages.FindPageToFill();
        if (!_pages.Numbers.Contains(page)) await BeginPage(page);
        await Write(page, _pages.With(page, entry));
        if (configuration.Value.ShowPrompts) Log.GeneratedText(logger, entry.Id, entry.Voice, entry.GenerationTime, entry.Text);
        else Log.Generated(logger, entry.Id, entry.Voice, entry.GenerationTime);
    }

    public Task<GenerationPage> List(int limit, string? voice)
    {
        var listed = _pages.Newest.Where(entry => voice is null || entry.Voice == voice).Take(limit);
        return Task.FromResult(new GenerationPage([.. listed], _pages.Count));
    }

    public Task<GenerationEntry?> Get(string id) => Task.FromResult(_pages.Find(id));

    public async Task<GenerationEntry?> Remove(string id)
    {
        var entry = _pages.Find(id);
        if (entry is not null) await Remove([entry]);
        return entry;
    }

    public async Task Clear()
    {
        foreach (var page in _pages.Numbers.ToArray()) await Write(page, []);
    }

    public Task<IReadOnlyList<GenerationEntry>> RemoveBefore(DateTimeOffset before) =>
        Remove([.. _pages.Newest.Where(entry => entry.Timestamp < before)]);

    public Task<IReadOnlyList<GenerationEntry>> RemoveByFiles(IReadOnlyList<string> filePaths)
    {
        var files = filePaths.ToHashSet(StringComparer.Ordinal);
        return Remove([.. _pages.Newest.Where(entry => entry.FilePath is { } file && files.Contains(file))]);
    }

    private bool IsFull(GenerationEntry next) => _pages.Count >= options.MaxEntries
        || (_pages.Count > 0 && _pages.Bytes + LogPages.SizeOf(next) > (long)disk.MaxLogMegabytes << 20);

    private async Task<IReadOnlyList<GenerationEntry>> Remove(IReadOnlyList<GenerationEntry> entries)
    {
        foreach (var (page, left) in _pages.Without(entries)) await Write(page, left);
        return entries;
    }

    private IGenerationLogPageGrain PageGrain(long number) => GrainFactory.GetGrain<IGenerationLogPageGrain>(number);

    /// <summary>Stores the list of pages before the page itself, so that each stored page with an entry is in the stored list.</summary>
    private async Task BeginPage(long page)
    {
        state.State.Pages = [.. _pages.Numbers, page];
        await state.WriteOrDeactivate(this);
        _pages.Set(page, []);
    }

    private async Task Write(long page, IReadOnlyList<GenerationEntry> entries)
    {
        await this.ChangeOrDeactivate(() => PageGrain(page).Write(entries));
        _pages.Set(page, entries);
    }

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Debug, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s.")]
        public static partial void Generated(ILogger logger, string id, string voice, double seconds);

        [LoggerMessage(302, LogLevel.Information, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s: {Text}")]
        public static partial void GeneratedText(ILogger logger, string id, string voice, double seconds, string text);
    }
}
