using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Logs;

/// <summary>The numbers of the log's pages, oldest first. Written when a page is begun.</summary>
[GenerateSerializer, Alias("dia.generation-log-state"), StoredState("dia.generation-log", version: 1)]
internal sealed class GenerationLogState
{
    [Id(0)] public List<long> Pages { get; set; } = [];
}

/// <summary>One page of the log, oldest entry first.</summary>
[GenerateSerializer, Alias("dia.generation-log-page-state"), StoredState("dia.generation-log-page", version: 1)]
internal sealed class GenerationLogPageState
{
    [Id(0)] public List<GenerationEntry> Entries { get; set; } = [];
}
