using DiaOrleans.Abstractions.Logs;

namespace DiaOrleans.Grains.Logs;

/// <summary>A page of the generation log: one stored row, so that an entry costs the writing of one page and not of the whole log. Only the log calls it.</summary>
[Alias("dia.generation-log-page")]
internal interface IGenerationLogPageGrain : IGrainWithIntegerKey
{
    /// <summary>Its entries, oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<GenerationEntry>> Read();

    /// <summary>Stored before the call returns.</summary>
    [Alias("write")]
    Task Write(IReadOnlyList<GenerationEntry> entries);
}
