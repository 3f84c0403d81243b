using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A voice's prompt at one moment: all members belong to one recording.</summary>
/// <param name="Prompt">The recording that was encoded, with its stored transcript.</param>
/// <param name="Codes">Its codes.</param>
/// <param name="OwnText">The voice's own transcript of it, or null.</param>
internal sealed record PromptSnapshot(AudioPrompt Prompt, AudioCodes Codes, string? OwnText);

/// <summary>
/// Reads consistent prompts while they are replaced. An upload removes the transcripts of the voices, stores the recording and registers
/// it, in this order; a caller that has read a part of this reads again after its end.
/// </summary>
internal sealed class PromptSnapshots(PromptCodesStore codes, PromptReads prompts, VoiceReads voices, PromptLocks locks)
{
    /// <summary>The prompt of a voice, or null if it is not registered.</summary>
    /// <param name="voiceId">The id of the voice.</param>
    /// <param name="voice">The settings of the voice as the caller has read them.</param>
    /// <param name="model">The model that is to continue the prompt.</param>
    /// <param name="worker">A worker with that model.</param>
    /// <param name="cancellationToken">Ends the wait; an encoding goes on for other callers.</param>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    /// <exception cref="PromptEncodingException">The worker refuses the encoding, or it fails.</exception>
    public async Task<PromptSnapshot?> Read(
        string voiceId,
        VoiceSettings voice,
        ModelFacts model,
        IWorker worker,
        CancellationToken cancellationToken)
    {
        if (voice.AudioPrompt is not { } id || !PromptId.CanExist(id)) return null;
        var prompt = await prompts.Find(id);
        while (prompt is not null)
        {
            var encoded = await codes.GetOrEncode(prompt, model, worker, cancellationToken);
            var ownText = await ReadOwnText(voiceId, voice);
            var isRegistered = encoded.Recording.Hash == prompt.Hash;
            var now = isRegistered ? await prompts.Find(id) : await FindUnlocked(id, cancellationToken);
            if (now?.Hash == prompt.Hash)
                return isRegistered ? new PromptSnapshot(prompt, encoded.Codes, ownText) : FromReplacedFile(prompt, encoded, ownText);
            prompt = now;
        }

        return null;
    }

    /// <summary>The prompt after the end of a change that is in progress.</summary>
    private async Task<AudioPrompt?> FindUnlocked(string id, CancellationToken cancellationToken)
    {
        await using var holder = await locks.Acquire(id, cancellationToken);
        return await prompts.Find(id);
    }

    /// <summary>
    /// The present transcript of the voice: the voice was read before its prompt and may have lost the text of an earlier recording since.
    /// </summary>
    private async Task<string?> ReadOwnText(string voiceId, VoiceSettings voice)
    {
        var now = await voices.Find(voiceId);
        return now is not null && now.AudioPrompt == voice.AudioPrompt ? now.AudioPromptTranscript : voice.AudioPromptTranscript;
    }

    /// <summary>The prompt if its file was replaced in the folder: only a transcript that was set by hand is kept.</summary>
    private static PromptSnapshot FromReplacedFile(AudioPrompt prompt, EncodedPrompt encoded, string? ownText)
    {
        var isByHand = prompt.Transcript?.Source == TranscriptSources.Manual;
        if (!isByHand && ownText == prompt.Transcript?.Text) ownText = null;
        var transcript = isByHand ? prompt.Transcript! with { Spans = [] } : null;
        return new PromptSnapshot(prompt with { Recording = encoded.Recording, Transcript = transcript }, encoded.Codes, ownText);
    }
}
