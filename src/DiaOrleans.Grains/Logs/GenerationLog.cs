using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Logs;

/// <summary>The generation log with the saved outputs of its entries; docs/api.md, Log.</summary>
internal sealed class GenerationLog(IGrainFactory grains, LogReads reads, IBlobStore blobs)
{
    private IGenerationLogGrain Entries => grains.GetGrain<IGenerationLogGrain>(0);

    /// <summary>Lists entries, newest first.</summary>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    /// <param name="voice">Only entries of this voice; null or empty for all.</param>
    public Task<GenerationPage> List(int limit, string? voice) => reads.List(limit, string.IsNullOrEmpty(voice) ? null : voice);

    /// <summary>The entry with this id, or null.</summary>
    public Task<GenerationEntry?> Find(string id) => reads.Find(id);

    /// <summary>The WAV file of an entry, or null if it was not saved or has been removed.</summary>
    public async Task<OpenBlob?> OpenOutput(GenerationEntry entry, CancellationToken cancellationToken) =>
        entry.FilePath is { } file ? await blobs.OpenRead(file, cancellationToken) : null;

    /// <summary>Removes the entry with this id and its saved output; false if there is no such entry.</summary>
    public async Task<bool> Remove(string id)
    {
        if (await Entries.Remove(id) is not { } entry) return false;
        if (entry.FilePath is { } file) await blobs.Delete(file, CancellationToken.None);
        return true;
    }

    /// <summary>Removes all entries; saved outputs stay.</summary>
    public Task Clear() => Entries.Clear();
}
