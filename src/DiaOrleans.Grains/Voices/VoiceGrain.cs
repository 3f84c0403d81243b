using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Prompts;
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
        var fromPrompt = settings.AudioPromptTranscript is null;
        var complete = fromPrompt ? settings with { AudioPromptTranscript = await TranscriptOf(settings.AudioPrompt) } : settings;
        if (state.State.Settings is null) await Catalog.Add(Id);
        await Store(complete, fromPrompt);
        return complete;
    }

    public async Task<VoiceSettings?> Update(VoiceChange change)
    {
        if (state.State.Settings is not { } now) return null;
        var (transcript, fromPrompt) = await TranscriptAfter(change, now);
        var next = new VoiceSettings(change.Style ?? now.Style, change.PrimarySpeaker ?? now.PrimarySpeaker, change.AudioPrompt ?? now.AudioPrompt, transcript);
        await Store(next, fromPrompt);
        return next;
    }

    public async Task<bool> TakeTranscript(TranscriptChange change)
    {
        if (state.State.Settings is not { } now || now.AudioPrompt != change.PromptId) return false;
        var reached = change.Reach switch
        {
            TranscriptReach.Missing => string.IsNullOrEmpty(now.AudioPromptTranscript),
            TranscriptReach.Following => string.IsNullOrEmpty(now.AudioPromptTranscript) || state.State.TranscriptFromPrompt,
            _ => true,
        };
        if (reached) await Store(now with { AudioPromptTranscript = change.Text }, fromPrompt: change.Reach != TranscriptReach.All);
        return reached;
    }

    public async Task<bool> Delete()
    {
        if (state.State.Settings is null) return false;
        await OrStartAfresh(state.ClearStateAsync());
        await Catalog.Remove(Id);
        return true;
    }

    /// <summary>What was said of another recording is not kept; what was set by hand before there was any recording waits for it.</summary>
    private async Task<(string? Transcript, bool FromPrompt)> TranscriptAfter(VoiceChange change, VoiceSettings now)
    {
        if (change.AudioPromptTranscript is { } sent) return (sent, false);
        var unchanged = (now.AudioPromptTranscript, state.State.TranscriptFromPrompt);
        if (change.AudioPrompt is null || change.AudioPrompt == now.AudioPrompt) return unchanged;
        var brought = await TranscriptOf(change.AudioPrompt);
        return brought is null && string.IsNullOrEmpty(now.AudioPrompt) ? unchanged : (brought, true);
    }

    private async Task<string?> TranscriptOf(string? promptId) =>
        promptId is not null && PromptId.CanExist(promptId) ? (await GrainFactory.GetGrain<IAudioPromptGrain>(promptId).Get())?.Transcript?.Text : null;

    private Task Store(VoiceSettings settings, bool fromPrompt)
    {
        if (settings == state.State.Settings && fromPrompt == state.State.TranscriptFromPrompt) return Task.CompletedTask;
        (state.State.Settings, state.State.TranscriptFromPrompt) = (settings, fromPrompt);
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
