using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>Finds the recordings in the folder, registers them, and finds their transcripts; spec/api.md 5. It makes prompts, never voices.</summary>
internal sealed partial class PromptDiscovery(
    PromptReader reader, PromptRecognition recognition, PromptTranscripts transcripts, IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices,
    ILogger<PromptDiscovery> logger)
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Looks at all recordings in the folder and answers with those that can be read. All are registered before the first is recognised.</summary>
    /// <param name="forceRetranscribe">Recognise all, whatever text they have; without speech recognition, or where it is not to run by itself, no different.</param>
    /// <param name="cancellationToken">Stops between recordings, and the recognition of one.</param>
    public async Task<IReadOnlyList<AudioPrompt>> Discover(bool forceRetranscribe, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            recognition.ForgetFailures();
            var sights = new List<Sight>();
            foreach (var (id, key) in await PromptFiles.FindRecordings(blobs, cancellationToken))
                if (await Look(id, key, forceRetranscribe, cancellationToken) is { } sight) sights.Add(sight);
            var found = new List<AudioPrompt>();
            foreach (var sight in sights) found.Add(await Listen(sight, cancellationToken));
            return found;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Looks at the recording of one prompt.</summary>
    public async Task DiscoverOne(string id, CancellationToken cancellationToken)
    {
        var recordings = await PromptFiles.FindRecordings(blobs, cancellationToken);
        if (recordings.FirstOrDefault(file => file.Id == id).Key is not { } key) return;
        if (await Look(id, key, forceRetranscribe: false, cancellationToken) is { } sight) await Listen(sight, cancellationToken);
    }

    private async Task<Sight?> Look(string id, string key, bool forceRetranscribe, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
            var recognises = configuration.AutoTranscribe && recognition.IsAvailable(configuration.WhisperModelSize);
            var forced = forceRetranscribe && recognises;
            if (await Register(id, key, useFiles: !forced, cancellationToken) is not { } sight) return null;
            sight = sight with { ModelSize = recognises && (forced || sight.Prompt.Transcript is null) ? configuration.WhisperModelSize : null };
            if (sight.ModelSize is null || sight.FileChanged) await TellVoices(sight);
            return sight;
        }
        catch (Exception problem) when (problem is RecordingException or IOException or UnauthorizedAccessException)
        {
            Log.Skipped(logger, key, problem.Message);
            return null;
        }
    }

    private async Task<AudioPrompt> Listen(Sight sight, CancellationToken cancellationToken)
    {
        if (sight.ModelSize is null) return sight.Prompt;
        if (await recognition.Attempt(sight.Prompt, sight.ModelSize, cancellationToken) is { } transcript
            && await transcripts.Keep(sight.Prompt, transcript, cancellationToken) is { } kept) sight = sight with { Prompt = kept };
        await TellVoices(sight);
        return sight.Prompt;
    }

    private async Task<Sight?> Register(string id, string key, bool useFiles, CancellationToken cancellationToken)
    {
        using var hold = await locks.Take(id, cancellationToken);
        if (await reader.ReadFile(key, cancellationToken) is not { } file) return null;
        var grain = grains.GetGrain<IAudioPromptGrain>(id);
        var (hash, known) = (PromptReader.HashOf(file), await grain.Get());
        var prompt = known is not null && known.Hash == hash && known.Recording.Path == key ? known : await grain.Register(await Describe(key, hash, file, cancellationToken));
        var chosen = useFiles ? await Choose(id, prompt.Transcript, cancellationToken) : prompt.Transcript;
        if (chosen != prompt.Transcript) prompt = (await grain.SetTranscript(chosen))!;
        return new Sight(prompt, FileChanged: known is not null && (known.Hash != hash || known.Transcript?.Text != prompt.Transcript?.Text));
    }

    private async Task<PromptRecording> Describe(string key, string hash, byte[] file, CancellationToken cancellationToken)
    {
        var recording = await reader.DecodeFile(file, cancellationToken);
        return new PromptRecording(key, recording.Duration.TotalSeconds, recording.SampleRate, hash);
    }

    private async Task<PromptTranscript?> Choose(string id, PromptTranscript? remembered, CancellationToken cancellationToken) => TranscriptChoice.Of(
        await PromptFiles.ReadText(blobs, PromptFiles.Reference(id), cancellationToken),
        await PromptFiles.ReadText(blobs, PromptFiles.Text(id), cancellationToken),
        remembered);

    private Task TellVoices(Sight sight) => sight.Prompt.Transcript is null && !sight.FileChanged
        ? Task.CompletedTask
        : voices.Tell(new TranscriptChange(sight.Prompt.Id, sight.Prompt.Transcript?.Text, sight.FileChanged ? TranscriptScope.NotSetByHand : TranscriptScope.Missing));

    /// <summary>A prompt as it was found, whether its recording or its text file is another than before, and the model that is to recognise it, or null.</summary>
    private sealed record Sight(AudioPrompt Prompt, bool FileChanged, string? ModelSize = null);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{File} is left out of the audio prompts: {Why}")]
        public static partial void Skipped(ILogger logger, string file, string why);
    }
}
