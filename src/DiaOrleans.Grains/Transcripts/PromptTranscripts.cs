using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>
/// Changes transcripts. The state of the prompt's grain is authoritative; the text file beside the recording is a copy for users.
/// </summary>
internal sealed class PromptTranscripts(IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices)
{
    /// <summary>Sets the transcript of a prompt and of all voices that use it.</summary>
    /// <returns>The ids of these voices, or null if there is no such prompt.</returns>
    public async Task<IReadOnlyList<string>?> SetByHand(string id, string text, CancellationToken cancellationToken)
    {
        await using var holder = await locks.Acquire(id, cancellationToken);
        var transcript = new PromptTranscript(text.Trim(), TranscriptSources.Manual, []);
        if (await grains.GetGrain<IAudioPromptGrain>(id).SetTranscript(transcript) is null) return null;
        await PromptFiles.WriteText(blobs, PromptFiles.TextKey(id), transcript.Text, CancellationToken.None);
        return await voices.UpdateTranscripts(new TranscriptChange(id, transcript.Text, TranscriptScope.All));
    }

    /// <summary>Keeps a recognised transcript; voices are not changed.</summary>
    /// <param name="recognised">The prompt whose recording was recognised.</param>
    /// <param name="transcript">The result.</param>
    /// <param name="cancellationToken">Ends the wait for the prompt's lock; the writes are not cancelled.</param>
    /// <returns>The changed prompt, or null if its recording has been replaced or deleted since.</returns>
    public async Task<AudioPrompt?> Keep(AudioPrompt recognised, PromptTranscript transcript, CancellationToken cancellationToken)
    {
        await using var holder = await locks.Acquire(recognised.Id, cancellationToken);
        var prompt = grains.GetGrain<IAudioPromptGrain>(recognised.Id);
        if ((await prompt.Get())?.Hash != recognised.Hash) return null;
        var kept = await prompt.SetTranscript(transcript);
        await SaveText(recognised.Id, transcript.Text);
        return kept;
    }

    private async Task SaveText(string id, string text)
    {
        var before = await PromptFiles.ReadText(blobs, PromptFiles.TextKey(id), CancellationToken.None);
        if (before == text) return;
        if (before is not null) await PromptFiles.WriteText(blobs, PromptFiles.BackupKey(id), before, CancellationToken.None);
        await PromptFiles.WriteText(blobs, PromptFiles.TextKey(id), text, CancellationToken.None);
    }
}
