using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// One recording. Its own state decides whether it is registered; the catalogue is written first on registration and last on deletion, and each activation sets it
/// right for its own id. Codes carry the hash of what was encoded, so that those of an older recording are never given out, whenever they are cleared.
/// </summary>
[GrainType("dia.audio-prompt")]
internal sealed class AudioPromptGrain(
    [PersistentState("audio-prompt", StateStorage.ProviderName)] IPersistentState<AudioPromptState> state,
    [PersistentState("audio-prompt-codes", StateStorage.ProviderName)] IPersistentState<AudioPromptCodesState> codes,
    TimeProvider time) : Grain, IAudioPromptGrain
{
    /// <summary>What is stored: calls that interleave with a write see what was there before it.</summary>
    private AudioPrompt? _stored;
    private PromptCodes? _storedCodes;

    private string Id => this.GetPrimaryKeyString();

    private IAudioPromptCatalogGrain Catalog => GrainFactory.GetGrain<IAudioPromptCatalogGrain>(0);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _storedCodes = codes.State.Codes;
        if (state.State.Recording is not { } recording) return Catalog.Remove(Id);
        _stored = new AudioPrompt { Id = Id, Recording = recording, Transcript = state.State.Transcript, DiscoveredAt = state.State.DiscoveredAt };
        return Catalog.Add(Id);
    }

    public Task<AudioPrompt?> Get() => Task.FromResult(_stored);

    public async Task<AudioPrompt> Register(PromptRecording recording)
    {
        if (!PromptId.CanExist(Id)) throw new ArgumentException("An audio prompt's id names files.");
        if (_stored is null) await Catalog.Add(Id);
        var isSame = _stored?.Hash == recording.Hash;
        var keepsText = isSame || _stored?.Transcript?.Source == TranscriptSources.Manual;
        var next = new AudioPrompt
        {
            Id = Id,
            Recording = recording,
            // Spans tell the times of the old recording.
            Transcript = !keepsText ? null : isSame ? _stored!.Transcript : _stored!.Transcript! with { Spans = [] },
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
        Task.FromResult(_storedCodes is { } kept && kept.RecordingHash == _stored?.Hash && kept.CodecFingerprint == codecFingerprint ? kept : null);

    public async Task KeepCodes(PromptCodes made)
    {
        if (made.RecordingHash != _stored?.Hash) return;
        codes.State.Codes = made;
        await OrStartAfresh(codes.WriteStateAsync());
        _storedCodes = made;
    }

    public async Task<bool> Delete()
    {
        if (_stored is null) return false;
        await OrStartAfresh(state.ClearStateAsync());
        _stored = null;
        await ClearCodes();
        await Catalog.Remove(Id);
        return true;
    }

    private async Task Store(AudioPrompt next)
    {
        if (next == _stored) return;
        (state.State.Recording, state.State.Transcript, state.State.DiscoveredAt) = (next.Recording, next.Transcript, next.DiscoveredAt);
        await OrStartAfresh(state.WriteStateAsync());
        _stored = next;
    }

    private async Task ClearCodes()
    {
        if (_storedCodes is null) return;
        await OrStartAfresh(codes.ClearStateAsync());
        _storedCodes = null;
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
