using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Logs;

/// <summary>The generation log: all of it in memory, stored in pages. When it is full, its oldest page goes.</summary>
[GrainType("dia.generation-log")]
internal sealed partial class GenerationLogGrain(
    [PersistentState("generation-log", StateStorage.ProviderName)] IPersistentState<GenerationLogState> state,
    GenerationLogOptions options,
    CurrentConfiguration configuration,
    ILogger<GenerationLogGrain> logger) : Grain, IGenerationLogGrain
{
    private readonly LogPages _pages = new(options.PageSize);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var numbers = state.State.Pages;
        var pages = await Task.WhenAll(numbers.Select(number => Page(number).Read()));
        foreach (var (number, entries) in numbers.Zip(pages))
        {
            // Pages that were emptied since the list was stored are forgotten.
            if (entries.Count > 0 || number == numbers[^1]) _pages.Take(number, entries);
        }
    }

    public async Task Append(GenerationEntry entry)
    {
        if (_pages.Contains(entry.Id)) return;
        if (_pages.Count >= options.Most) await Write(_pages.Numbers.First(), []);
        var page = _pages.Next();
        if (!_pages.Numbers.Contains(page)) await Begin(page);
        await Write(page, _pages.With(page, entry));
        if (configuration.Value.ShowPrompts) Log.SpokenText(logger, entry.Id, entry.Voice, entry.GenerationTime, entry.Text);
        else Log.Spoken(logger, entry.Id, entry.Voice, entry.GenerationTime);
    }

    public Task<GenerationPage> List(int limit, string? voice) => Task.FromResult(
        new GenerationPage([.. _pages.Newest.Where(entry => voice is null || entry.Voice == voice).Take(limit)], _pages.Count));

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

    public Task<IReadOnlyList<GenerationEntry>> RemoveBefore(DateTimeOffset before) => Remove([.. _pages.Newest.Where(entry => entry.Timestamp < before)]);

    public Task<IReadOnlyList<GenerationEntry>> RemoveOf(IReadOnlyList<string> filePaths)
    {
        var files = filePaths.ToHashSet(StringComparer.Ordinal);
        return Remove([.. _pages.Newest.Where(entry => entry.FilePath is { } file && files.Contains(file))]);
    }

    private async Task<IReadOnlyList<GenerationEntry>> Remove(IReadOnlyList<GenerationEntry> entries)
    {
        foreach (var (page, left) in _pages.Without(entries)) await Write(page, left);
        return entries;
    }

    private IGenerationLogPageGrain Page(long number) => GrainFactory.GetGrain<IGenerationLogPageGrain>(number);

    /// <summary>The list of pages is stored before a page is: no entry is ever on a page that a restart would not read.</summary>
    private async Task Begin(long page)
    {
        state.State.Pages = [.. _pages.Numbers, page];
        await Stored(state.WriteStateAsync());
        _pages.Take(page, []);
    }

    private async Task Write(long page, IReadOnlyList<GenerationEntry> entries)
    {
        await Stored(Page(page).Write(entries));
        _pages.Take(page, entries);
    }

    /// <summary>After a failure only the store knows what it holds: the log is read anew.</summary>
    private async Task Stored(Task writing)
    {
        try
        {
            await writing;
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s.")]
        public static partial void Spoken(ILogger logger, string id, string voice, double seconds);

        [LoggerMessage(2, LogLevel.Information, "Generation {Id} of voice '{Voice}' took {Seconds:F2} s: {Text}")]
        public static partial void SpokenText(ILogger logger, string id, string voice, double seconds, string text);
    }
}
