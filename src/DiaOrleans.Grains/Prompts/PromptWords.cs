using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Recognition;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Prompts;

/// <summary>What a voice's prompt says: the voice's own transcript, else the prompt's, else what speech recognition hears, once; spec/api.md 3.3.</summary>
internal sealed partial class PromptWords(PromptRecognition recognition, PromptTranscripts transcripts, IGrainFactory grains, ILogger<PromptWords> logger)
{
    private readonly SingleFlight<string, PromptTranscript?> _recognitions = new();

    /// <summary>Null where nobody knows. Its spans belong to its text.</summary>
    public async Task<PromptTranscript?> Of(VoiceSettings voice, AudioPrompt prompt, CancellationToken cancellationToken)
    {
        if (voice.AudioPromptTranscript is { } own && !string.IsNullOrWhiteSpace(own))
            return own == prompt.Transcript?.Text ? prompt.Transcript : new PromptTranscript(own, TranscriptSources.Manual, []);
        // One flight a recording: nobody may wait for the words of another one.
        var known = prompt.Transcript ?? await _recognitions.Run($"{prompt.Hash} {prompt.Id}", () => Recognize(prompt), cancellationToken);
        return string.IsNullOrWhiteSpace(known?.Text) ? null : known;
    }

    private async Task<PromptTranscript?> Recognize(AudioPrompt prompt)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        if (!configuration.AutoTranscribe || !recognition.IsAvailable(configuration.WhisperModelSize)) return null;
        try
        {
            var transcript = await recognition.Recognize(prompt.Recording, configuration.WhisperModelSize, CancellationToken.None);
            await transcripts.Keep(prompt, transcript, CancellationToken.None);
            return transcript;
        }
        catch (Exception problem) when (problem is RecognizerUnavailableException or RecognitionException)
        {
            Log.NotRecognised(logger, prompt.Id, problem.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Audio prompt '{Prompt}' was not transcribed: {Why}")]
        public static partial void NotRecognised(ILogger logger, string prompt, string why);
    }
}
