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

/// <summary>An upload is no usable recording; the message is the client's answer.</summary>
public sealed class UnusableRecordingException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Takes uploads in: decodes, checks, stores and registers them. Runs outside grain turns.</summary>
internal sealed class PromptIntake(PromptReader reader, IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices, PromptBacklog backlog)
{
    private const double MinSeconds = 0.5;

    /// <summary>60 s, and what encoders pad a recording of 60 s with.</summary>
    private static readonly ReadLimits Limits = new(MaxSeconds: 60.1);

    /// <summary>Stores and registers a recording under a checked id. A replaced one's transcript goes, unless it was set by hand.</summary>
    /// <exception cref="UnusableRecordingException">It is no recording, or too short or long.</exception>
    public async Task<StoredUpload> Store(string id, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var recording = await Decode(file, cancellationToken);
        var (wave, seconds) = await Task.Run(() => Convert(recording), cancellationToken);
        using (await locks.Take(id, cancellationToken)) await Keep(id, wave, seconds);
        backlog.Add(id);
        return new StoredUpload(seconds, PromptAudio.SampleRate, recording.SampleRate);
    }

    private static (byte[] Wave, double Seconds) Convert(Recording recording)
    {
        var samples = PromptAudio.Normalise(recording);
        return (PromptAudio.ToWave(samples), (double)samples.Length / PromptAudio.SampleRate);
    }

    private async Task<Recording> Decode(ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        try
        {
            var recording = await reader.Decode(file, Limits, cancellationToken);
            return recording.Duration.TotalSeconds >= MinSeconds ? recording : throw new UnusableRecordingException("Audio file too short (minimum 0.5 seconds)");
        }
        catch (RecordingException problem)
        {
            throw new UnusableRecordingException(
                problem.Problem switch
                {
                    RecordingProblem.Empty => "Audio file contains no audio data",
                    RecordingProblem.TooLong => "Audio file too long (maximum 60 seconds)",
                    _ => $"Cannot read audio file. Please check the file format: {problem.Message}",
                },
                problem);
        }
    }

    /// <summary>
    /// The old recording's text goes before the new recording comes: wherever this breaks off, no recording keeps another one's words, and the next discovery finds the
    /// rest. It does not stop half-way where the client leaves.
    /// </summary>
    private async Task Keep(string id, byte[] wave, double seconds)
    {
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        if (await prompt.Get() is { } replaced && replaced.Transcript?.Source != TranscriptSources.Manual)
        {
            await prompt.SetTranscript(null);
            await blobs.Delete(PromptFiles.Text(id));
            await voices.Tell(new TranscriptChange(id, null, TranscriptScope.NotSetByHand));
        }

        await blobs.Write(PromptFiles.Recording(id), wave);
        await prompt.Register(new PromptRecording(PromptFiles.Recording(id), seconds, PromptAudio.SampleRate, PromptReader.HashOf(wave)));
    }
}
