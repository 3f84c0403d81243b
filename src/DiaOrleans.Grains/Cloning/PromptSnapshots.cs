using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A voice's prompt at one moment: everything in it belongs to one recording.</summary>
/// <param name="Prompt">The recording that was encoded, and what is stored of its words.</param>
/// <param name="Codes">Its codes.</param>
/// <param name="OwnText">What the voice says that it says, or null.</param>
internal sealed record PromptSnapshot(AudioPrompt Prompt, AudioCodes Codes, string? OwnText);

/// <summary>
/// Sees prompts whole while they are replaced. An upload clears the voices' texts, stores the recording and registers it, one after the other: whoever sees some of
/// that looks again when it has ended.
/// </summary>
internal sealed class PromptSnapshots(PromptCodesStore codes, IGrainFactory grains, PromptLocks locks)
{
    /// <summary>Null where no such prompt is registered.</summary>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    /// <exception cref="Audio.Reading.RecordingException">It cannot be decoded.</exception>
    /// <exception cref="PromptEncodingException">The worker refuses, or fails.</exception>
    public async Task<PromptSnapshot?> Take(string voiceId, VoiceSettings voice, ModelFacts model, IGpuWorkerGrain worker, CancellationToken cancellationToken)
    {
        if (voice.AudioPrompt is not { } id || !PromptId.CanExist(id)) return null;
        var prompt = await Find(id);
        while (prompt is not null)
        {
            var sound = await codes.Of(prompt, model, worker, cancellationToken);
            var own = await OwnText(voiceId, voice);
            var isSame = sound.Recording.Hash == prompt.Hash;
            var now = isSame ? await Find(id) : await FindAtRest(id, cancellationToken);
            if (now?.Hash == prompt.Hash) return isSame ? new PromptSnapshot(prompt, sound.Codes, own) : Unregistered(prompt, sound, own);
            prompt = now;
        }

        return null;
    }

    private Task<AudioPrompt?> Find(string id) => grains.GetGrain<IAudioPromptGrain>(id).Get();

    private async Task<AudioPrompt?> FindAtRest(string id, CancellationToken cancellationToken)
    {
        using var hold = await locks.Take(id, cancellationToken);
        return await Find(id);
    }

    /// <summary>As it is now: the voice was read before its prompt, and may have lost the text of an older recording since.</summary>
    private async Task<string?> OwnText(string voiceId, VoiceSettings voice) =>
        await grains.GetGrain<IVoiceGrain>(voiceId).Get() is { } now && now.AudioPrompt == voice.AudioPrompt ? now.AudioPromptTranscript : voice.AudioPromptTranscript;

    /// <summary>Somebody put another file there: of the old one's words only those stay that were set by hand.</summary>
    private static PromptSnapshot Unregistered(AudioPrompt prompt, PromptSound sound, string? own)
    {
        var isByHand = prompt.Transcript?.Source == TranscriptSources.Manual;
        if (!isByHand && own == prompt.Transcript?.Text) own = null;
        return new PromptSnapshot(prompt with { Recording = sound.Recording, Transcript = isByHand ? prompt.Transcript! with { Spans = [] } : null }, sound.Codes, own);
    }
}
