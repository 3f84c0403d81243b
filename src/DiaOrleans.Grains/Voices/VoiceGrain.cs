using DiaOrleans.Abstractions.Voices;

namespace DiaOrleans.Grains.Voices;

/// <summary>What is stored of a voice. Null settings are a voice that was deleted.</summary>
[Alias("dia.voice-state")]
internal sealed record VoiceState
{
    public VoiceSettings? Settings { get; init; }
}

internal sealed class VoiceGrain([PersistentState("voice")] IPersistentState<VoiceState> state) : Grain, IVoiceGrain
{
    public Task<VoiceSettings?> Get() => Task.FromResult(state.State.Settings);

    public async Task<VoiceSettings> Put(VoiceSettings settings)
    {
        // Listed first: after a crash in between, the catalogue has an id without a voice, which it leaves out.
        await Catalog.Add(this.GetPrimaryKeyString());
        return await Store(settings);
    }

    public async Task<VoiceSettings?> Update(VoiceChange change)
    {
        if (state.State.Settings is not { } now) return null;
        return await Store(new VoiceSettings(
            change.Style ?? now.Style,
            change.PrimarySpeaker ?? now.PrimarySpeaker,
            change.AudioPrompt ?? now.AudioPrompt,
            change.AudioPromptTranscript ?? now.AudioPromptTranscript));
    }

    public async Task<bool> Delete()
    {
        if (state.State.Settings is null) return false;
        await state.ClearStateAsync();
        state.State = new VoiceState();
        await Catalog.Remove(this.GetPrimaryKeyString());
        return true;
    }

    private IVoiceCatalogGrain Catalog => GrainFactory.GetGrain<IVoiceCatalogGrain>(0);

    private async Task<VoiceSettings> Store(VoiceSettings settings)
    {
        var before = state.State;
        state.State = new VoiceState { Settings = settings };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }

        return settings;
    }
}
