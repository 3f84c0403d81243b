using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Audio prompts for requests; see <see cref="StoredReads"/>.</summary>
internal sealed class PromptReads(IGrainFactory grains, StoredReads reads)
{
    /// <summary>The registered prompt, or null if there is none with this id.</summary>
    public Task<AudioPrompt?> Find(string id)
    {
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        return reads.Read(prompt, prompt.Get, () => FindStored(id));
    }

    /// <summary>All registered prompts, in the order of their registration.</summary>
    public Task<IReadOnlyList<AudioPrompt>> List()
    {
        var catalog = grains.GetGrain<IAudioPromptCatalogGrain>(0);
        return reads.Read(catalog, catalog.List, ListStored, StoredReads.ListLimit);

        async Task<IReadOnlyList<AudioPrompt>> ListStored()
        {
            const string Name = AudioPromptCatalogState.Name;
            var ids = await reads.ReadIds<AudioPromptCatalogState>(grains, catalog, Name, AudioPromptCatalogState.Catalog);
            return [.. (await ReadStored(ids)).OfType<AudioPrompt>()];
        }
    }

    /// <summary>Those of the catalogue's ids whose prompts exist; see <see cref="StoredCatalogs.ReadListed"/>.</summary>
    public async Task<IReadOnlyList<AudioPrompt>> ReadListed(IReadOnlyList<string> ids) =>
        [.. (await StoredCatalogs.ReadListed(ids, ReadStored, Find)).OfType<AudioPrompt>()];

    /// <summary>The codes that a codec made of a prompt's recording, or null if they are not kept.</summary>
    /// <param name="prompt">The prompt as registered.</param>
    /// <param name="codecFingerprint">Fingerprint of the codec.</param>
    public async Task<PromptCodes?> FindCodes(AudioPrompt prompt, string codecFingerprint)
    {
        var grain = grains.GetGrain<IAudioPromptGrain>(prompt.Id);
        var kept = await reads.Read(grain, () => grain.GetCodes(codecFingerprint), async () =>
        {
            var state = await reads.ReadState<AudioPromptCodesState>(grain, AudioPromptCodesState.Name);
            return KeptCodes.FromState(state).Find(prompt.Hash, codecFingerprint);
        });
        return kept?.RecordingHash == prompt.Hash ? kept : null;
    }

    /// <summary>Keeps codes, unless the grain does not answer in time.</summary>
    /// <returns>The codes to use: others if such are kept by now; null if none are.</returns>
    public Task<PromptCodes?> KeepCodes(string id, PromptCodes made)
    {
        var grain = grains.GetGrain<IAudioPromptGrain>(id);
        return reads.Read(grain, () => grain.KeepCodes(made), () => Task.FromResult<PromptCodes?>(null));
    }

    private async Task<AudioPrompt?> FindStored(string id) =>
        (await reads.ReadState<AudioPromptState>(grains.GetGrain<IAudioPromptGrain>(id), AudioPromptState.Name)).ToPrompt(id);

    private async Task<IReadOnlyList<AudioPrompt?>> ReadStored(IReadOnlyList<string> ids)
    {
        var prompts = ids.Select(id => grains.GetGrain<IAudioPromptGrain>(id));
        var states = await reads.ReadStates<AudioPromptState>([.. prompts], AudioPromptState.Name);
        return [.. ids.Zip(states, (id, state) => state.ToPrompt(id))];
    }
}
