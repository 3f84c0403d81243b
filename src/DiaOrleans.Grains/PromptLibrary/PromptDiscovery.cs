using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Voices;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>
/// Finds the recordings in the prompts' folder, registers them and finds their transcripts; docs/api.md, Audio prompts. It creates no
/// voices.
/// </summary>
internal sealed partial class PromptDiscovery(
    PromptRegistration registration,
    PromptRecognition recognition,
    PromptTranscripts transcripts,
    PromptVoices voices,
    IBlobStore blobs,
    IGrainFactory grains,
    ILogger<PromptDiscovery> logger)
{
    private readonly SemaphoreSlim _single = new(1);

    /// <summary>
    /// Registers all recordings in the folder, and then recognises those without a transcript. One discovery runs at a time.
    /// </summary>
    /// <param name="forceRetranscribe">
    /// True to recognise all recordings, whatever their transcripts; a missing model may be downloaded, since the client asks for it.
    /// Ignored if speech recognition is not available or <c>auto_transcribe</c> is off.
    /// </param>
    /// <param name="cancellationToken">Stops between recordings, and during a recognition.</param>
    /// <returns>The prompts whose recordings can be read, by file name.</returns>
    public async Task<IReadOnlyList<AudioPrompt>> Discover(bool forceRetranscribe, CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            recognition.ClearFailures();
            var mode = await ReadMode(forceRetranscribe);
            var files = await PromptFiles.ListRecordings(blobs, cancellationToken);
            var found = new List<DiscoveredPrompt>();
            foreach (var file in files)
            {
                if (await Register(file, mode, cancellationToken) is { } discovered) found.Add(discovered);
            }

            var prompts = new List<AudioPrompt>();
            foreach (var discovered in found) prompts.Add(await Recognize(discovered, forceRetranscribe, cancellationToken));
            return prompts;
        }
        finally
        {
            _single.Release();
        }
    }

    /// <summary>Registers the recording of one prompt, and recognises it if it has no transcript.</summary>
    public async Task DiscoverOne(string id, CancellationToken cancellationToken)
    {
        var files = await PromptFiles.ListRecordings(blobs, cancellationToken);
        if (files.FirstOrDefault(file => file.Id == id) is not { } found) return;
        var mode = await ReadMode(forceRetranscribe: false);
        if (await Register(found, mode, cancellationToken) is { } discovered)
            await Recognize(discovered, asked: false, cancellationToken);
    }

    private async Task<RecognitionMode> ReadMode(bool forceRetranscribe)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var size = configuration.WhisperModelSize;
        if (!configuration.AutoTranscribe) return new RecognitionMode(ModelSize: null, All: false, MissingModel: null);
        if (await recognition.IsAvailable(size, asked: forceRetranscribe))
            return new RecognitionMode(size, forceRetranscribe, MissingModel: null);
        return new RecognitionMode(ModelSize: null, All: false, await recognition.IsAvailable(size, asked: true) ? size : null);
    }

    private async Task<DiscoveredPrompt?> Register(RecordingFile file, RecognitionMode mode, CancellationToken cancellationToken)
    {
        try
        {
            if (await registration.Register(file, useTextFiles: !mode.All, cancellationToken) is not { } registered) return null;
            var modelSize = mode.All || registered.Prompt.Transcript is null ? mode.ModelSize : null;
            if (mode.MissingModel is { } missing && registered.Prompt.Transcript is null) Log.NoModel(logger, file.Id, missing);
            if (modelSize is null || registered.Changed) await UpdateVoices(registered);
            return new DiscoveredPrompt(registered, modelSize);
        }
        catch (Exception problem) when (problem is RecordingException or IOException or UnauthorizedAccessException or PromptLimitException)
        {
            Log.Skipped(logger, file.Key, problem.Message);
            return null;
        }
    }

    private async Task<AudioPrompt> Recognize(DiscoveredPrompt discovered, bool asked, CancellationToken cancellationToken)
    {
        var file = discovered.File;
        if (discovered.ModelSize is null) return file.Prompt;
        var transcript = await recognition.TryRecognize(file.Prompt, discovered.ModelSize, asked, cancellationToken);
        var kept = transcript is null ? null : await transcripts.Keep(file.Prompt, transcript, cancellationToken);
        if (kept is not null) file = file with { Prompt = kept };
        await UpdateVoices(file);
        return file.Prompt;
    }

    private async Task UpdateVoices(RegisteredFile file)
    {
        var transcript = file.Prompt.Transcript;
        if (transcript is null && !file.Changed) return;
        var scope = file.Changed ? TranscriptScope.NotSetByHand : TranscriptScope.Missing;
        await voices.UpdateTranscripts(new TranscriptChange(file.Prompt.Id, transcript?.Text, scope));
    }

    /// <summary>Which recordings are recognised.</summary>
    /// <param name="ModelSize">Size of the Whisper model, or null if none is recognised.</param>
    /// <param name="All">True to recognise also those that have a transcript.</param>
    /// <param name="MissingModel">Size of a model that only a client's request downloads, or null.</param>
    private sealed record RecognitionMode(string? ModelSize, bool All, string? MissingModel);

    /// <summary>A registered prompt, and the size of the model that is to recognise it, or null.</summary>
    private sealed record DiscoveredPrompt(RegisteredFile File, string? ModelSize);

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Warning, "{File} is not registered as an audio prompt: {Reason}")]
        public static partial void Skipped(ILogger logger, string file, string reason);

        [LoggerMessage(
            402,
            LogLevel.Information,
            "Audio prompt '{Prompt}' has no transcript: the Whisper model {Size} is not on disk; a client's request downloads it.")]
        public static partial void NoModel(ILogger logger, string prompt, string size);
    }
}
