using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// The generation log for requests; see <see cref="StoredReads"/>. Entries of the last moments may not be stored yet, because the audio of
/// a request does not wait for its entry.
/// </summary>
internal sealed class LogReads(
    IGrainFactory grains,
    StoredReads reads,
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    GenerationLogOptions options)
{
    private readonly SingleFlight<string, LogPages> _stored = new();

    private IGenerationLogGrain Grain => grains.GetGrain<IGenerationLogGrain>(0);

    /// <summary>Entries, newest first.</summary>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    /// <param name="voice">Only entries of this voice; null for all.</param>
    public Task<GenerationPage> List(int limit, string? voice) => reads.Read(
        Grain,
        () => Grain.List(limit, voice),
        async () => (await ReadStored()).List(limit, voice));

    /// <summary>The entry with this id, or null.</summary>
    public Task<GenerationEntry?> Find(string id) => reads.Read(Grain, () => Grain.Get(id), async () => (await ReadStored()).Find(id));

    /// <summary>The whole log, which requests at the same time read once.</summary>
    private Task<LogPages> ReadStored() => _stored.Run("", Read, CancellationToken.None);

    private async Task<LogPages> Read()
    {
        var pages = new LogPages(options.PageSize);
        foreach (var (number, entries) in await new LogRows(storage).Open()) pages.Set(number, entries);
        return pages;
    }
}
