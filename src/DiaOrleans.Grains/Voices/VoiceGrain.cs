using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Voices;

/// <summary>
/// One voice. Its own state decides whether it exists. The catalogue is written before the state on creation and after it on deletion:
/// after a crash it may list a voice that does not exist, but it lacks none that does. Each activation corrects the entry of its own id.
/// </summary>
[GrainType("dia.voice")]
internal sealed class VoiceGrain(
    [PersistentState(VoiceState.Name, StateStorage.ProviderName)] IPersistentState<VoiceState> state,
    ActivationCopies copies,
    TimeProvider time) : Grain, IVoiceGrain
{
    private string Id => this.GetPrimaryKeyString();

    private IVoiceCatalogGrain Catalog => GrainFactory.GetGrain<IVoiceCatalogGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.EndSoonIf(() => state.State.Settings is null);
        return IdCatalog.Correct(state.State.Settings is null ? Catalog.Remove(Id) : Catalog.Add(Id), time);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        copies.Remove(this);
        return Task.CompletedTask;
    }

    public Task<VoiceSettings?> Get()
    {
        if (state.State.Settings is { } settings) copies.Set(this, settings);
        return Task.FromResult(state.State.Settings);
    }

    public async Task<VoiceSettings?> Put(VoiceSettings settings)
    {
        if (!VoiceId.CanExist(Id)) throw new ArgumentException("A voice id has 1 to 256 characters and no control characters.");
        var fromPrompt = settings.AudioPromptTranscript is null;
        var complete = fromPrompt ? settings with { AudioPromptTranscript = await ReadTranscript(settings.AudioPrompt) } : settings;
        if (state.State.Settings is null && !await Catalog.Enter(Id)) return null;
        await Store(complete, fromPrompt);
        return complete;
    }

    public async Task<VoiceSettings?> Update(VoiceChange change)
    {
        if (state.State.Settings is not { } now) return null;
        var transcript = await ChooseTranscript(change, now);
        var next = new VoiceSettings(
            change.Style ?? now.Style,
            change.PrimarySpeaker ?? now.PrimarySpeaker,
            change.AudioPrompt ?? now.AudioPrompt,
            transcript.Text);
        await Store(next, transcript.FromPrompt);
        return next;
    }

    public async Task<bool> ApplyTranscript(TranscriptChange change)
    {
        if (state.State.Settings is not { } now || now.AudioPrompt != change.PromptId) return false;
        var applies = change.Scope switch
        {
            TranscriptScope.Missing => string.IsNullOrEmpty(now.AudioPromptTranscript),
            TranscriptScope.NotSetByHand => string.IsNullOrEmpty(now.AudioPromptTranscript) || state.State.TranscriptFromPrompt,
            _ => true,
        };
        applies |= change.Replaced is { } replaced && now.AudioPromptTranscript == replaced;
        if (applies) await Store(now with { AudioPromptTranscript = change.Text }, fromPrompt: change.Scope != TranscriptScope.All);
        return applies;
    }

    public async Task<bool> Delete()
    {
        if (state.State.Settings is null) return false;
        copies.Remove(this);
        await state.ClearOrDeactivate(this);
        this.EndSoonIf(() => state.State.Settings is null);
        await Catalog.Remove(Id);
        return true;
    }

    /// <summary>
    /// The transcript after a change. If the prompt changes, the old prompt's transcript is not kept; a transcript that was set
    /// while the voice had no prompt is kept if the new prompt has none.
    /// </summary>
    private async Task<ChosenTranscript> ChooseTranscript(VoiceChange change, VoiceSettings now)
    {
        if (change.AudioPromptTranscript is { } sent) return new ChosenTranscript(sent, FromPrompt: false);
        var unchanged = new ChosenTranscript(now.AudioPromptTranscript, state.State.TranscriptFromPrompt);
        if (change.AudioPrompt is null || change.AudioPrompt == now.AudioPrompt) return unchanged;
        var ofPrompt = await ReadTranscript(change.AudioPrompt);
        return ofPrompt is null && string.IsNullOrEmpty(now.AudioPrompt) ? unchanged : new ChosenTranscript(ofPrompt, FromPrompt: true);
    }

    private async Task<string?> ReadTranscript(string? promptId)
    {
        if (promptId is null || !PromptId.CanExist(promptId)) return null;
        return (await GrainFactory.GetGrain<IAudioPromptGrain>(promptId).Get())?.Transcript?.Text;
    }

    private Task Store(VoiceSettings settings, bool fromPrompt)
    {
        if (settings == state.State.Settings && fromPrompt == state.State.TranscriptFromPrompt) return Task.CompletedTask;
        copies.Remove(this);
        state.State.Settings = settings;
        state.State.TranscriptFromPrompt = fromPrompt;
        return state.WriteOrDeactivate(this);
    }

    private readonly record struct ChosenTranscript(string? Text, bool FromPrompt);
}
