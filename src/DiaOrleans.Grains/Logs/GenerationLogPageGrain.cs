using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.State;
using Orleans.Placement;

namespace DiaOrleans.Grains.Logs;

/// <summary>One stored page of the log, near the log itself.</summary>
[GrainType("dia.generation-log-page"), PreferLocalPlacement]
internal sealed class GenerationLogPageGrain([PersistentState("generation-log-page", StateStorage.ProviderName)] IPersistentState<GenerationLogPageState> state)
    : Grain, IGenerationLogPageGrain
{
    public Task<IReadOnlyList<GenerationEntry>> Read() => Task.FromResult<IReadOnlyList<GenerationEntry>>(state.State.Entries);

    public async Task Write(IReadOnlyList<GenerationEntry> entries)
    {
        state.State.Entries = [.. entries];
        try
        {
            if (entries.Count == 0) await state.ClearStateAsync();
            else await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
