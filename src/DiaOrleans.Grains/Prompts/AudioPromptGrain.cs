using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// One audio prompt. Its own state decides whether it is registered. The catalogue is written before the state on registration and after it
/// on deletion, and each activation corrects the entry of its own id. Codes carry the hash of the encoded recording, so that codes of an
/// earlier recording are never returned, even if clearing them has failed.
/// </summary>
[GrainType("dia.audio-prompt")]
internal sealed class AudioPromptGrain(
    [PersistentState(AudioPromptState.Name, StateStorage.ProviderName)] IPersistentState<AudioPromptState> state,
    [PersistentState(AudioPromptCodesState.Name, StateStorage.ProviderName)] IPersistentState<AudioPromptCodesState> codes,
    TimeProvider time) : Grain, IAudioPromptGrain
{
    /// <summary>The prompt as stored: calls that interleave with a write return the values from before it.</summary>
    private AudioPrompt? _stored;
    private KeptCodes _storedCodes = KeptCodes.None;

    private string Id => this.GetPrimaryKeyString();

    private IAudioPromptCatalogGrain Catalog => GrainFactory.GetGrain<IAudioPromptCatalogGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _storedCodes = KeptCodes.FromState(codes.State);
        this.EndSoonIf(() => _stored is null && state.State.Recording is null);
        _stored = state.State.ToPrompt(Id);
        return IdCatalog.Correct(_stored is null ? Catalog.Remove(Id) : Catalog.Add(Id), time);
    }

    public Task<AudioPrompt?> Get() => Task.FromResult(_stored);

    public async Task<AudioPrompt?> Register(PromptRecording recording)
    {
        if (!PromptId.CanExist(Id)) throw new ArgumentException("The id of an audio prompt must be usable as a file name.");
        if (_stored is null && !await Catalog.Enter(Id)) return null;
        var isSame = _stored?.Hash == recording.Hash;
        var next = new AudioPrompt
        {
            Id = Id,
            Recording = recording,
            Transcript = isSame ? _stored!.Transcript : TranscriptSetByHand(),
            DiscoveredAt = isSame ? _stored!.DiscoveredAt : time.GetUtcNow(),
        };
        await Store(next);
        if (!isSame) await ClearCodes();
        return next;
    }

    public async Task<AudioPrompt?> SetTranscript(PromptTranscript? transcript)
    {
        if (_stored is not { } now) return null;
        var next = now with { Transcript = transcript };
        await Store(next);
        return next;
    }

    public Task<PromptCodes?> GetCodes(string codecFingerprint) =>
        Task.FromResult(_stored is { } prompt ? _storedCodes.Find(prompt.Hash, codecFingerprint) : null);

    public async Task<PromptCodes?> KeepCodes(PromptCodes made)
    {
        if (made.RecordingHash != _stored?.Hash) return null;
        if (_storedCodes.Find(made.RecordingHash, made.CodecFingerprint) is { } kept) return kept;
        var next = _storedCodes.With(made);
        codes.State = next.ToState();
        await codes.WriteOrDeactivate(this);
        _storedCodes = next;
        return made;
    }

    public async Task<bool> Delete()
    {
        if (_stored is null) return false;
        // The codes go first: if a write fails, the deletion can be repeated as long as the prompt is stored.
        await ClearCodes();
        await state.ClearOrDeactivate(this);
        _stored = null;
        this.EndSoonIf(() => _stored is null && state.State.Recording is null);
        await Catalog.Remove(Id);
        return true;
    }

    /// <summary>The transcript that another recording keeps. Its spans are dropped: they are times of the earlier recording.</summary>
    private PromptTranscript? TranscriptSetByHand() =>
        _stored?.Transcript is { Source: TranscriptSources.Manual } transcript ? transcript with { Spans = [] } : null;

    private async Task Store(AudioPrompt next)
    {
        if (next == _stored) return;
        state.State = new AudioPromptState { Recording = next.Recording, Transcript = next.Transcript, DiscoveredAt = next.DiscoveredAt };
        await state.WriteOrDeactivate(this);
        _stored = next;
    }

    private async Task ClearCodes()
    {
        if (_storedCodes.IsEmpty) return;
        await codes.ClearOrDeactivate(this);
        _storedCodes = KeptCodes.None;
    }
}
