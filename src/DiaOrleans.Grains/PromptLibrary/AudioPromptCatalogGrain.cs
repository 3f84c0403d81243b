using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>The order of audio prompts. The grain of each prompt decides whether the prompt is registered.</summary>
[GrainType("dia.audio-prompt-catalog")]
internal sealed class AudioPromptCatalogGrain(
    [PersistentState("audio-prompt-catalog", StateStorage.ProviderName)] IPersistentState<AudioPromptCatalogState> state)
    : Grain, IAudioPromptCatalogGrain
{
    public async Task<IReadOnlyList<AudioPrompt>> List()
    {
        var prompts = await Task.WhenAll(state.State.Ids.Select(id => GrainFactory.GetGrain<IAudioPromptGrain>(id).Get()));
        return [.. prompts.OfType<AudioPrompt>()];
    }

    public Task Add(string promptId) => state.State.Ids.Contains(promptId) ? Task.CompletedTask : Store([.. state.State.Ids, promptId]);

    public Task Remove(string promptId) =>
        state.State.Ids.Contains(promptId) ? Store([.. state.State.Ids.Where(id => id != promptId)]) : Task.CompletedTask;

    private Task Store(List<string> ids)
    {
        state.State.Ids = ids;
        return state.WriteOrDeactivate(this);
    }
}
