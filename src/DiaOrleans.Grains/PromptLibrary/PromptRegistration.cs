using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>A prompt after the registration of its file.</summary>
/// <param name="Prompt">The registered prompt.</param>
/// <param name="Changed">True if the prompt was registered before, with another recording or another transcript.</param>
internal sealed record RegisteredFile(AudioPrompt Prompt, bool Changed);

/// <summary>Registers recordings of the prompts' folder, with the transcripts in the files beside them.</summary>
internal sealed class PromptRegistration(
    PromptReader reader,
    IBlobStore blobs,
    IGrainFactory grains,
    PromptLocks locks,
    CatalogOptions catalog)
{
    /// <summary>Registers a recording. One that is registered already with the same hash is not decoded again.</summary>
    /// <param name="file">The recording's file.</param>
    /// <param name="useTextFiles">True to read the transcript from the files; false to keep the stored one.</param>
    /// <param name="cancellationToken">Stops before the prompt is written.</param>
    /// <returns>The prompt, or null if the file is gone.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="Audio.Reading.RecordingException">The recording cannot be decoded.</exception>
    /// <exception cref="PromptLimitException">It would be a new prompt, and there are as many as there can be.</exception>
    public async Task<RegisteredFile?> Register(RecordingFile file, bool useTextFiles, CancellationToken cancellationToken)
    {
        await using var holder = await locks.Acquire(file.Id, cancellationToken);
        if (await reader.ReadFile(file.Key, cancellationToken) is not { } content) return null;
        var hash = PromptReader.ComputeHash(content);
        var grain = grains.GetGrain<IAudioPromptGrain>(file.Id);
        var known = await grain.Get();
        var prompt = known is not null && known.Hash == hash && known.Recording.Path == file.Key
            ? known
            : await grain.Register(await Describe(file.Key, hash, content, cancellationToken))
                ?? throw new PromptLimitException(catalog.MaxPrompts);
        if (useTextFiles) prompt = await SetTranscript(grain, prompt, cancellationToken);
        var changed = known is not null && (known.Hash != hash || known.Transcript?.Text != prompt.Transcript?.Text);
        return new RegisteredFile(prompt, changed);
    }

    private async Task<PromptRecording> Describe(string key, string hash, byte[] content, CancellationToken cancellationToken)
    {
        var recording = await reader.DecodeFile(content, cancellationToken);
        return new PromptRecording(key, recording.Duration.TotalSeconds, recording.SampleRate, hash);
    }

    private async Task<AudioPrompt> SetTranscript(IAudioPromptGrain grain, AudioPrompt prompt, CancellationToken cancellationToken)
    {
        var chosen = TranscriptChoice.Choose(
            await PromptFiles.ReadText(blobs, PromptFiles.ReferenceKey(prompt.Id), cancellationToken),
            await PromptFiles.ReadText(blobs, PromptFiles.TextKey(prompt.Id), cancellationToken),
            prompt.Transcript);
        return chosen == prompt.Transcript ? prompt : (await grain.SetTranscript(chosen))!;
    }
}
