using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>The order of audio prompts. The grain of each prompt decides whether the prompt is registered.</summary>
[GrainType("dia.audio-prompt-catalog")]
internal sealed class AudioPromptCatalogGrain : Grain, IAudioPromptCatalogGrain
{
    private readonly IdCatalog<AudioPromptCatalogState> _ids;
    private readonly PromptReads _prompts;
    private readonly CatalogOptions _options;

    public AudioPromptCatalogGrain(
        [PersistentState(AudioPromptCatalogState.Name, StateStorage.ProviderName)] IPersistentState<AudioPromptCatalogState> state,
        IGrainFactory grains,
        PromptReads prompts,
        CatalogOptions options)
    {
        _ids = new IdCatalog<AudioPromptCatalogState>(AudioPromptCatalogState.Catalog, state, this, grains);
        _prompts = prompts;
        _options = options;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _ids.Load();

    public Task<IReadOnlyList<AudioPrompt>> List() => _prompts.ReadListed([.. _ids.Ids]);

    public Task<bool> HasRoomFor(string promptId) => Task.FromResult(_ids.HasRoomFor(promptId, _options.MaxPrompts));

    public async Task<bool> Enter(string promptId)
    {
        if (!_ids.HasRoomFor(promptId, _options.MaxPrompts)) return false;
        await _ids.Add(promptId);
        return true;
    }

    public Task Add(string promptId) => _ids.Add(promptId);

    public Task Remove(string promptId) => _ids.Remove(promptId);
}
