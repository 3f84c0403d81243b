using DiaOrleans.Abstractions.Logs;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// A page of the generation log in a stored row of its own, so that an added entry writes one page and not the whole log. Called by the
/// log only.
/// </summary>
[Alias("dia.generation-log-page")]
internal interface IGenerationLogPageGrain : IGrainWithIntegerKey
{
    /// <summary>The entries of the page, oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<GenerationEntry>> Read();

    /// <summary>Replaces the entries; stored before the call returns. An empty page is removed from the store.</summary>
    [Alias("write")]
    Task Write(IReadOnlyList<GenerationEntry> entries);
}
