using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>An uploaded recording as it was stored.</summary>
/// <param name="Duration">Seconds.</param>
/// <param name="SampleRate">Hz, as stored.</param>
/// <param name="OriginalSampleRate">Hz, as sent.</param>
public sealed record StoredUpload(double Duration, int SampleRate, int OriginalSampleRate);

/// <summary>An upload cannot be used as a prompt.</summary>
/// <param name="message">The answer to the client.</param>
/// <param name="cause">The underlying exception, or null.</param>
public sealed class UnusableRecordingException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Decodes, checks, stores and registers uploaded recordings. Runs outside grain turns.</summary>
internal sealed class PromptIntake(
    PromptReader reader,
    IBlobStore blobs,
    IGrainFactory grains,
    PromptLocks locks,
    PromptVoices voices,
    PromptDiscoveryQueue queue)
{
    private const double MinSeconds = 0.5;

    /// <summary>60 s, and the padding that encoders add to a recording of 60 s.</summary>
    private static readonly ReadLimits Limits = new(MaxSeconds: 60.1);

    /// <summary>
    /// Stores and registers a recording, in place of an earlier one, whose transcript is removed unless it was set by hand. The new
    /// recording is transcribed in the background.
    /// </summary>
    /// <param name="id">An id that <see cref="PromptId.CanUpload"/> accepts.</param>
    /// <param name="file">The uploaded file.</param>
    /// <param name="cancellationToken">Stops before the recording is stored.</param>
    /// <exception cref="UnusableRecordingException">It cannot be decoded, or is too short or too long.</exception>
    public async Task<StoredUpload> Store(string id, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var recording = await Decode(file, cancellationToken);
        var samples = await Task.Run(() => PromptAudio.Normalise(recording), cancellationToken);
        var wave = await Task.Run(() => PromptAudio.ToWave(samples), cancellationToken);
        var seconds = (double)samples.Length / PromptAudio.SampleRate;
        using (await locks.Acquire(id, cancellationToken)) await Replace(id, wave, seconds);
        queue.Enqueue(id);
        return new StoredUpload(seconds, PromptAudio.SampleRate, recording.SampleRate);
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
    private async Task Replace(string id, byte[] wave, double seconds)
    {
        var key = PromptFiles.RecordingKey(id);
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        if (await prompt.Get() is { } replaced && replaced.Transcript?.Source != TranscriptSources.Manual)
        {
            await prompt.SetTranscript(null);
            await blobs.Delete(PromptFiles.TextKey(id));
            await voices.UpdateTranscripts(new TranscriptChange(id, Text: null, TranscriptScope.NotSetByHand));
        }

        await blobs.Write(key, wave);
        await prompt.Register(new PromptRecording(key, seconds, PromptAudio.SampleRate, PromptReader.ComputeHash(wave)));
    }
}
