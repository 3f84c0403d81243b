using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>An uploaded recording as it was stored.</summary>
/// <param name="Duration">Seconds.</param>
/// <param name="SampleRate">Hz, as stored.</param>
/// <param name="OriginalSampleRate">Hz, as sent.</param>
/// <param name="Warning">What the client should know, or null.</param>
public sealed record StoredUpload(double Duration, int SampleRate, int OriginalSampleRate, string? Warning = null);

/// <summary>An upload cannot be used as a prompt.</summary>
/// <param name="message">The answer to the client.</param>
/// <param name="cause">The underlying exception, or null.</param>
public sealed class UnusableRecordingException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True if no reader supports the content of the file.</summary>
    public bool IsUnknownFormat => InnerException is RecordingException { Problem: RecordingProblem.Unreadable };
}

/// <summary>Decodes, checks, stores and registers uploaded recordings. Runs outside grain turns.</summary>
internal sealed class PromptIntake(
    PromptReader reader,
    IBlobStore blobs,
    IGrainFactory grains,
    PromptLocks locks,
    PromptVoices voices,
    PromptDiscoveryQueue queue,
    CatalogOptions catalog)
{
    private const double MinSeconds = 0.5;
    private const string SilentWarning = "The recording is silent (RMS under -60 dBFS)";
    private const string TranscriptWarning = "The transcript of the replaced recording was removed";

    /// <summary>60 s, and the padding that encoders add to a recording of 60 s.</summary>
    private static readonly ReadLimits Limits = new(MaxSeconds: 60.1);

    /// <summary>
    /// Stores and registers a recording, in place of an earlier one, whose transcript is removed if the sound is another. The new recording
    /// is transcribed in the background.
    /// </summary>
    /// <param name="id">A normalised id that <see cref="PromptId.CanUpload"/> accepts.</param>
    /// <param name="file">The uploaded file.</param>
    /// <param name="cancellationToken">Stops before the recording is stored.</param>
    /// <exception cref="UnusableRecordingException">It cannot be decoded, or is too short or too long.</exception>
    /// <exception cref="PromptLimitException">It would be a new prompt, and there are as many as there can be.</exception>
    public async Task<StoredUpload> Store(string id, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        if (!await grains.GetGrain<IAudioPromptCatalogGrain>(0).HasRoomFor(id)) throw new PromptLimitException(catalog.MaxPrompts);
        var recording = await Decode(file, cancellationToken);
        var audio = await Task.Run(() => PromptAudio.Normalise(recording), cancellationToken);
        var wave = await Task.Run(() => PromptAudio.ToWave(audio.Samples), cancellationToken);
        var seconds = (double)audio.Samples.Length / PromptAudio.SampleRate;
        var warnings = new List<string>();
        if (audio.IsSilent) warnings.Add(SilentWarning);
        await using (await locks.Acquire(id, cancellationToken))
        {
            if (await Replace(id, wave, seconds)) warnings.Add(TranscriptWarning);
        }

        queue.Enqueue(id);
        var warning = warnings.Count > 0 ? string.Join(". ", warnings) : null;
        return new StoredUpload(seconds, PromptAudio.SampleRate, recording.SampleRate, warning);
    }

    private async Task<Recording> Decode(ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        try
        {
            var recording = await reader.Decode(file, Limits, cancellationToken);
            return recording.Duration.TotalSeconds >= MinSeconds
                ? recording
                : throw new UnusableRecordingException("Audio file too short (minimum 0.5 seconds)");
        }
        catch (RecordingException problem)
        {
            var message = problem.Problem switch
            {
                RecordingProblem.Empty => "Audio file contains no audio data",
                RecordingProblem.TooLong => "Audio file too long (maximum 60 seconds)",
                _ => $"Cannot read audio file. Please check the file format: {problem.Message}",
            };
            throw new UnusableRecordingException(message, problem);
        }
    }

    /// <summary>
    /// The transcript of the earlier recording is removed before the new recording is stored: if a step fails, no recording has the
    /// transcript of another, and the next discovery completes the registration. It does not stop if the client disconnects.
    /// </summary>
    /// <returns>True if a transcript was removed.</returns>
    private async Task<bool> Replace(string id, byte[] wave, double seconds)
    {
        var key = PromptFiles.RecordingKey(id);
        var hash = PromptReader.ComputeHash(wave);
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        var removed = await prompt.Get() is { } replaced && replaced.Hash != hash && await RemoveTranscript(prompt, replaced);
        await blobs.Write(key, wave);
        if (await prompt.Register(new PromptRecording(key, seconds, PromptAudio.SampleRate, hash)) is not null) return removed;
        // Other uploads have taken the room since it was checked.
        await blobs.Delete(key);
        throw new PromptLimitException(catalog.MaxPrompts);
    }

    /// <summary>Removes the transcript from the prompt and from the voices that have it; its files are kept as backups.</summary>
    /// <returns>True if there was a transcript.</returns>
    private async Task<bool> RemoveTranscript(IAudioPromptGrain prompt, AudioPrompt replaced)
    {
        await prompt.SetTranscript(null);
        var hadFile = await PromptFiles.BackUpTexts(blobs, replaced.Id);
        var text = replaced.Transcript?.Text;
        await voices.UpdateTranscripts(new TranscriptChange(replaced.Id, Text: null, TranscriptScope.NotSetByHand, Replaced: text));
        return hadFile || text is not null;
    }
}
