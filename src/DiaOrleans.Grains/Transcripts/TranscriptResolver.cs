using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>What a voice's prompt says: the voice's own transcript, else the prompt's, else what speech recognition hears, once; spec/api.md 3.3.</summary>
internal sealed partial class TranscriptResolver(
    PromptRecognition recognition, RecognitionModels models, PromptTranscripts transcripts, IGrainFactory grains, TimeProvider time, ILogger<TranscriptResolver> logger)
{
    /// <summary>A generation waits no longer, from when the recognition began: it must be answered within the minute that the start of speech may take.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly SingleFlight<string, PromptTranscript?> _recognitions = new();
    private readonly ConcurrentDictionary<string, long> _begun = new();

    /// <summary>Null where nobody knows, or nobody knows yet. Its spans belong to its text.</summary>
    /// <param name="own">The voice's own transcript, or null.</param>
    /// <param name="prompt">The recording, and what is stored of it.</param>
    /// <param name="cancellationToken">Stops waiting; recognition goes on for others.</param>
    public async Task<PromptTranscript?> Of(string? own, AudioPrompt prompt, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(own))
            return own == prompt.Transcript?.Text ? prompt.Transcript : new PromptTranscript(own, TranscriptSources.Manual, []);
        var known = prompt.Transcript ?? await Hear(prompt, cancellationToken);
        return string.IsNullOrWhiteSpace(known?.Text) ? null : known;
    }

    private async Task<PromptTranscript?> Hear(AudioPrompt prompt, CancellationToken cancellationToken)
    {
        // One flight a recording: nobody may wait for the words of another one.
        var recording = $"{prompt.Hash} {prompt.Id}";
        var waited = time.GetElapsedTime(_begun.GetOrAdd(recording, _ => time.GetTimestamp()));
        var heard = _recognitions.Run(recording, () => Recognize(prompt, recording), cancellationToken);
        try
        {
            return await heard.WaitAsync(waited < LongestWait ? LongestWait - waited : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Log.TakesLong(logger, prompt.Id);
            return null;
        }
    }

    private async Task<PromptTranscript?> Recognize(AudioPrompt prompt, string recording)
    {
        try
        {
            var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
            if (!configuration.AutoTranscribe || !recognition.IsAvailable(configuration.WhisperModelSize, asked: false)) return null;
            if (!models.IsReady(configuration.WhisperModelSize))
            {
                Log.NoModelYet(logger, configuration.WhisperModelSize, prompt.Id);
                return null;
            }

            if (await recognition.Attempt(prompt, configuration.WhisperModelSize, CancellationToken.None) is not { } transcript) return null;
            await transcripts.Keep(prompt, transcript, CancellationToken.None);
            return transcript;
        }
        finally
        {
            _begun.TryRemove(recording, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The recognition of audio prompt '{Prompt}' takes long: generation goes on without its transcript.")]
        public static partial void TakesLong(ILogger logger, string prompt);

        [LoggerMessage(2, LogLevel.Warning, "The Whisper model {Size} is not here yet: generation goes on without the transcript of audio prompt '{Prompt}'.")]
        public static partial void NoModelYet(ILogger logger, string size, string prompt);
    }
}
