using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Gives recordings their words, by hand or by speech recognition. The grain's state is the truth; the text file beside a recording is a copy for people.</summary>
internal sealed class PromptTranscripts(PromptRecognition recognition, IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices, PromptBacklog backlog)
{
    /// <summary>Sets the text of the prompt and of all voices that use it, and answers with those voices; null where no such prompt is registered.</summary>
    public async Task<IReadOnlyList<string>?> SetByHand(string id, string text, CancellationToken cancellationToken)
    {
        using var hold = await locks.Take(id, cancellationToken);
        var transcript = new PromptTranscript(text.Trim(), TranscriptSources.Manual, []);
        if (await grains.GetGrain<IAudioPromptGrain>(id).SetTranscript(transcript) is null) return null;
        await PromptFiles.WriteText(blobs, PromptFiles.Text(id), transcript.Text, CancellationToken.None);
        return await voices.Tell(new TranscriptChange(id, transcript.Text, TranscriptScope.All));
    }

    /// <summary>Recognises the prompt's recording and keeps the text, whatever text it had; voices are not changed. Null where no such prompt is registered.</summary>
    /// <exception cref="RecognizerUnavailableException">There is no speech recognition here.</exception>
    /// <exception cref="RecognitionException">It failed, or the recording was replaced meanwhile.</exception>
    public async Task<AudioPrompt?> Transcribe(string id, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<IAudioPromptGrain>(id).Get() is not { } prompt) return null;
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var transcript = await Recognize(prompt, configuration.WhisperModelSize, cancellationToken);
        return await Keep(prompt, transcript, cancellationToken) ?? throw new RecognitionException("The recording was replaced meanwhile.");
    }

    private async Task<PromptTranscript> Recognize(AudioPrompt prompt, string modelSize, CancellationToken cancellationToken)
    {
        try
        {
            return await recognition.Recognize(prompt.Recording, modelSize, cancellationToken);
        }
        catch (RecognitionException problem) when (problem.Fault == RecognitionFault.Recording)
        {
            // Where somebody has put another file there, the next request finds it registered.
            backlog.Add(prompt.Id);
            throw;
        }
    }

    /// <summary>Keeps what was recognised in a recording; null where the recording has been replaced or deleted since.</summary>
    public async Task<AudioPrompt?> Keep(AudioPrompt recognized, PromptTranscript transcript, CancellationToken cancellationToken)
    {
        using var hold = await locks.Take(recognized.Id, cancellationToken);
        var prompt = grains.GetGrain<IAudioPromptGrain>(recognized.Id);
        if ((await prompt.Get())?.Hash != recognized.Hash) return null;
        var kept = await prompt.SetTranscript(transcript);
        await SaveText(recognized.Id, transcript.Text);
        return kept;
    }

    private async Task SaveText(string id, string text)
    {
        var before = await PromptFiles.ReadText(blobs, PromptFiles.Text(id), CancellationToken.None);
        if (before == text) return;
        if (before is not null) await PromptFiles.WriteText(blobs, PromptFiles.Backup(id), before, CancellationToken.None);
        await PromptFiles.WriteText(blobs, PromptFiles.Text(id), text, CancellationToken.None);
    }
}
