using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>
/// One voice. Its own state decides whether it exists; the catalogue holds every voice that does and, after a crash, perhaps one that does not,
/// because it is written first on creation and last on deletion. Each activation sets the catalogue right for its own id.
/// </summary>
[GrainType("dia.voice")]
internal sealed class VoiceGrain([PersistentState("voice", StateStorage.ProviderName)] IPersistentState<VoiceState> state) : Grain, IVoiceGrain
{
    private string Id => this.GetPrimaryKeyString();

    private IVoiceCatalogGrain Catalog => GrainFactory.GetGrain<IVoiceCatalogGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        state.State.Settings is null ? Catalog.Remove(Id) : Catalog.Add(Id);

    public Task<VoiceSettings?> Get() => Task.FromResult(state.State.Settings);

    public async Task<VoiceSettings> Put(VoiceSettings settings)
    {
        if (!VoiceId.CanExist(Id)) throw new ArgumentException("A voice id has 1 to 256 characters and no control characters.");
        if (state.State.Settings is null) await Catalog.Add(Id);
        await Store(settings);
        return settings;
    }

    public async Task<VoiceSettings?> Update(VoiceChange change)
    {
        if (state.State.Settings is not { } now) return null;
        var next = new VoiceSettings(
            change.Style ?? now.Style,
            change.PrimarySpeaker ?? now.PrimarySpeaker,
            change.AudioPrompt ?? now.AudioPrompt,
            change.AudioPromptTranscript ?? now.AudioPromptTranscript);
        if (next != now) await Store(next);
        return next;
    }

    public async Task<bool> Delete()
    {
        if (state.State.Settings is null) return false;
        await OrStartAfresh(state.ClearStateAsync());
        await Catalog.Remove(Id);
        return true;
    }

    private Task Store(VoiceSettings settings)
    {
        state.State.Settings = settings;
        return OrStartAfresh(state.WriteStateAsync());
    }

    /// <summary>After a failed write memory and store may differ: the next call gets an activation that has read the store.</summary>
    private async Task OrStartAfresh(Task write)
    {
        try
        {
            await write;
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
