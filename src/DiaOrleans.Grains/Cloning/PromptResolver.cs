using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Cloning;

/// <summary>What a voice continues: its prompt's codes and words, as long as the model clones well; spec/api.md 3.3. Runs outside grain turns.</summary>
internal sealed partial class PromptResolver(PromptSnapshots snapshots, TranscriptResolver words, PromptOptions options, ILogger<PromptResolver> logger)
{
    /// <summary>Null where the voice has no usable prompt: generation goes on without cloning.</summary>
    /// <param name="voiceId">Whose prompt.</param>
    /// <param name="voice">That voice's settings.</param>
    /// <param name="primarySpeaker">Tag for a transcript without tags; anything but S2 is S1.</param>
    /// <param name="model">The model that is to continue it.</param>
    /// <param name="worker">A worker with that model: its codec encodes what was not encoded yet.</param>
    /// <param name="cancellationToken">Stops waiting; encoding goes on for others.</param>
    /// <exception cref="PromptEncodingException">The worker refuses to encode, or fails.</exception>
    public async Task<ResolvedPrompt?> Resolve(string voiceId, VoiceSettings voice, string primarySpeaker, ModelFacts model, IGpuWorkerGrain worker, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(voice.AudioPrompt)) return null;
        try
        {
            if (await snapshots.Take(voiceId, voice, model, worker, cancellationToken) is not { } taken)
            {
                Log.NotRegistered(logger, voice.AudioPrompt);
                return null;
            }

            var transcript = await words.Of(taken.OwnText, taken.Prompt, cancellationToken);
            return Shorten(taken.Prompt, taken.Codes, transcript, primarySpeaker, model);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordingException)
        {
            Log.NotReadable(logger, voice.AudioPrompt, problem.Message);
            return null;
        }
    }

    private ResolvedPrompt Shorten(AudioPrompt prompt, AudioCodes whole, PromptTranscript? transcript, string speaker, ModelFacts model)
    {
        var text = transcript?.Text;
        if (transcript is null) Log.NoTranscript(logger, prompt.Id);
        if (prompt.Recording.Duration > options.MaxPromptSeconds)
        {
            if (PromptShortening.Of(transcript?.Spans ?? [], options.MaxPromptSeconds) is { } head)
            {
                var frames = Math.Clamp((int)Math.Round(head.Seconds * model.FrameRate), 1, whole.Frames);
                (whole, text) = (whole with { Cells = whole.Cells[..(frames * whole.Channels)] }, head.Text);
            }
            else
            {
                Log.TooLong(logger, prompt.Id, prompt.Recording.Duration, options.MaxPromptSeconds);
                // Where not even the model's rows take it all, its head was encoded.
                var share = whole.Frames / (prompt.Recording.Duration * model.FrameRate);
                if (share < 1 && text is not null) text = PromptFit.HeadOf(text, share);
            }
        }

        return new ResolvedPrompt(whole, text is null ? null : Tagged(ScriptText.Clean(text), speaker));
    }

    private static string? Tagged(string text, string speaker) =>
        text.Length == 0 ? null
        : text.Contains("[S1]", StringComparison.Ordinal) || text.Contains("[S2]", StringComparison.Ordinal) ? text
        : $"[{(speaker == "S2" ? "S2" : "S1")}] {text}";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Audio prompt '{Prompt}' is not registered: generation goes on without cloning.")]
        public static partial void NotRegistered(ILogger logger, string prompt);

        [LoggerMessage(2, LogLevel.Warning, "Audio prompt '{Prompt}' cannot be read: generation goes on without cloning. {Why}")]
        public static partial void NotReadable(ILogger logger, string prompt, string why);

        [LoggerMessage(3, LogLevel.Warning, "Audio prompt '{Prompt}' has no transcript: cloning from sound alone is less like it.")]
        public static partial void NoTranscript(ILogger logger, string prompt);

        [LoggerMessage(4, LogLevel.Warning, "Audio prompt '{Prompt}' has {Seconds:F1} s, over {Most} s, and it is not known when which words are said: it is not shortened.")]
        public static partial void TooLong(ILogger logger, string prompt, double seconds, double most);
    }
}
