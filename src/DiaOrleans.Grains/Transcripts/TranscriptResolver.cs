using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>
/// Finds the transcript of a voice's prompt: the voice's own, else the prompt's, else the result of speech recognition, which is then kept;
/// docs/api.md, Cloning.
/// </summary>
internal sealed partial class TranscriptResolver(
    PromptRecognition recognition,
    RecognitionModels models,
    PromptTranscripts transcripts,
    ConfigurationReads configurations,
    TimeProvider time,
    ILogger<TranscriptResolver> logger)
{
    /// <summary>
    /// Callers wait for a recognition until this time after its start: the first audio of a request may take one minute in all.
    /// </summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(15);

    private readonly SingleFlight<string, PromptTranscript?> _recognitions = new();

    /// <summary>Timestamps of the starts of running recognitions.</summary>
    private readonly ConcurrentDictionary<string, long> _starts = new();

    /// <summary>The transcript, or null if it is not known, or not yet. Its spans are times of its text.</summary>
    /// <param name="own">The voice's own transcript, or null.</param>
    /// <param name="prompt">The recording and its stored transcript.</param>
    /// <param name="cancellationToken">Ends the wait; a recognition goes on for other callers.</param>
    public async Task<PromptTranscript?> Resolve(string? own, AudioPrompt prompt, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(own))
            return own == prompt.Transcript?.Text ? prompt.Transcript : new PromptTranscript(own, TranscriptSources.Manual, []);
        var known = prompt.Transcript ?? await AwaitRecognition(prompt, cancellationToken);
        return string.IsNullOrWhiteSpace(known?.Text) ? null : known;
    }

    private async Task<PromptTranscript?> AwaitRecognition(AudioPrompt prompt, CancellationToken cancellationToken)
    {
        // The key has the hash: a caller must not get the words of an earlier recording.
        var key = $"{prompt.Hash} {prompt.Id}";
        var elapsed = time.GetElapsedTime(_starts.GetOrAdd(key, _ => time.GetTimestamp()));
        var recognised = _recognitions.Run(key, () => Recognize(prompt, key), cancellationToken);
        try
        {
            return await recognised.WaitAsync(elapsed < WaitLimit ? WaitLimit - elapsed : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Log.TakesLong(logger, prompt.Id);
            return null;
        }
    }

    private async Task<PromptTranscript?> Recognize(AudioPrompt prompt, string key)
    {
        try
        {
            var configuration = await configurations.Get();
            var size = configuration.WhisperModelSize;
            if (!configuration.AutoTranscribe || !await recognition.IsAvailable(size, asked: false)) return null;
            if (!await models.IsOnDiskOrFetch(size))
            {
                Log.NoModelYet(logger, size, prompt.Id);
                return null;
            }

            if (await recognition.TryRecognize(prompt, size, asked: false, CancellationToken.None) is not { } transcript) return null;
            await transcripts.Keep(prompt, transcript, CancellationToken.None);
            return transcript;
        }
        finally
        {
            _starts.TryRemove(key, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(803, LogLevel.Warning,
            "The recognition of audio prompt '{Prompt}' takes long: this request is generated without its transcript.")]
        public static partial void TakesLong(ILogger logger, string prompt);

        [LoggerMessage(804, LogLevel.Warning,
            "The Whisper model {Size} is not on disk yet: this request is generated without the transcript of audio prompt '{Prompt}'.")]
        public static partial void NoModelYet(ILogger logger, string size, string prompt);
    }
}
