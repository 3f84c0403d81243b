using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.State;
using Orleans.Placement;

namespace DiaOrleans.Grains.Logs;

/// <summary>One stored page of the log, placed on the silo of the log.</summary>
[GrainType("dia.generation-log-page"), PreferLocalPlacement]
internal sealed class GenerationLogPageGrain(
    [PersistentState("generation-log-page", StateStorage.ProviderName)] IPersistentState<GenerationLogPageState> state)
    : Grain, IGenerationLogPageGrain
{
    public Task<IReadOnlyList<GenerationEntry>> Read() => Task.FromResult<IReadOnlyList<GenerationEntry>>(state.State.Entries);

    public Task Write(IReadOnlyList<GenerationEntry> entries)
    {
        state.State.Entries = [.. entries];
        return entries.Count == 0 ? state.ClearOrDeactivate(this) : state.WriteOrDeactivate(this);
    }
}
