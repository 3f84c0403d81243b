using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Audio prompts for requests; see <see cref="StoredReads"/>.</summary>
internal sealed class PromptReads(IGrainFactory grains, StoredReads reads)
{
    /// <summary>The registered prompt, or null if there is none with this id.</summary>
    public Task<AudioPrompt?> Find(string id)
    {
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        return reads.Read(prompt, prompt.Get, async () =>
            (await reads.ReadState<AudioPromptState>(prompt, AudioPromptState.Name)).ToPrompt(id));
    }

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
}
