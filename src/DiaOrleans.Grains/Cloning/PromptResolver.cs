using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Cloning;

/// <summary>
/// Finds the codes and the transcript of a voice's prompt, not longer than the model clones well; docs/api.md, Cloning. Runs outside grain
/// turns.
/// </summary>
internal sealed partial class PromptResolver(
    PromptSnapshots snapshots,
    TranscriptResolver transcripts,
    CurrentValue<PromptOptions> options,
    CurrentValue<ScriptOptions> scriptOptions,
    CloningPolicy policy,
    ILogger<PromptResolver> logger)
{
    /// <summary>The prompt of a voice, or null if it has no usable one: speech is then generated without cloning.</summary>
    /// <param name="voiceId">The id of the voice.</param>
    /// <param name="voice">The settings of the voice.</param>
    /// <param name="primarySpeaker">Speaker of a transcript without tags; every value except S2 counts as S1.</param>
    /// <param name="model">The model that is to continue the prompt.</param>
    /// <param name="worker">A worker with that model; its codec encodes the recording if its codes are not kept.</param>
    /// <param name="cancellationToken">Ends the wait; an encoding goes on for other callers.</param>
    /// <exception cref="PromptEncodingException">The worker refuses the encoding, or it fails.</exception>
    /// <exception cref="UnreadableRecordingException">The recording cannot be read, and the policy requires it.</exception>
    public async Task<ResolvedPrompt?> Resolve(
        string voiceId,
        VoiceSettings voice,
        string primarySpeaker,
        ModelFacts model,
        IWorker worker,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(voice.AudioPrompt)) return null;
        try
        {
            if (await snapshots.Read(voiceId, voice, model, worker, cancellationToken) is not { } snapshot)
            {
                Log.NotRegistered(logger, voice.AudioPrompt);
                return null;
            }

            var transcript = await transcripts.Resolve(snapshot.OwnText, snapshot.Prompt, cancellationToken);
            if (transcript is null) Log.NoTranscript(logger, snapshot.Prompt.Id);
            var prompt = Shorten(snapshot, transcript, model);
            return prompt with { Transcript = AddTag(prompt.Transcript, primarySpeaker) };
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordingException)
        {
            if (policy.RequiresRecording) throw Fail(voice.AudioPrompt, problem);
            Log.NotReadable(logger, voice.AudioPrompt, problem.Message);
            return null;
        }
    }

    private UnreadableRecordingException Fail(string prompt, Exception cause)
    {
        Log.Required(logger, cause, prompt);
        var isForGood = cause is RecordingGoneException or RecordingException;
        var advice = isForGood ? " Upload the recording again." : " Send the request again later.";
        return new UnreadableRecordingException($"Audio prompt '{prompt}' cannot be read: {cause.Message}{advice}", cause, !isForGood);
    }

    /// <summary>A prompt above the limit is cut at the end of a span; it stays whole if the times of the words are not known.</summary>
    private ResolvedPrompt Shorten(PromptSnapshot snapshot, PromptTranscript? transcript, ModelFacts model)
    {
        var codes = snapshot.Codes;
        var text = transcript?.Text;
        var seconds = snapshot.Prompt.Recording.Duration;
        var limit = options.Value.MaxPromptSeconds;
        if (seconds <= limit) return new ResolvedPrompt(codes, text);
        if (PromptShortening.FindLongestHead(transcript?.Spans ?? [], limit) is { } head)
        {
            var frames = Math.Clamp((int)Math.Round(head.Seconds * model.FrameRate), 1, codes.Frames);
            return new ResolvedPrompt(PromptFit.TruncateCodes(codes, frames), head.Text);
        }

        Log.TooLong(logger, snapshot.Prompt.Id, seconds, limit);
        // A recording with more frames than the model has rows was not encoded to its end.
        var share = codes.Frames / (seconds * model.FrameRate);
        return new ResolvedPrompt(codes, share < 1 && text is not null ? PromptFit.TruncateText(text, share) : text);
    }

    private string? AddTag(string? transcript, string primarySpeaker)
    {
        var text = transcript is null ? "" : ScriptReader.ReadTranscript(transcript, scriptOptions.Value.NormalizeText);
        if (text.Length == 0) return null;
        if (text.Contains("[S1]", StringComparison.Ordinal) || text.Contains("[S2]", StringComparison.Ordinal)) return text;
        return primarySpeaker == "S2" ? $"[S2] {text}" : $"[S1] {text}";
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Warning, "Audio prompt '{Prompt}' is not registered: speech is generated without cloning.")]
        public static partial void NotRegistered(ILogger logger, string prompt);

        [LoggerMessage(102, LogLevel.Warning, "Audio prompt '{Prompt}' cannot be read: speech is generated without cloning. {Reason}")]
        public static partial void NotReadable(ILogger logger, string prompt, string reason);

        [LoggerMessage(106, LogLevel.Error, "Audio prompt '{Prompt}' cannot be read: a request with its voice fails.")]
        public static partial void Required(ILogger logger, Exception cause, string prompt);

        [LoggerMessage(103, LogLevel.Warning, "Audio prompt '{Prompt}' has no transcript: a voice cloned without one is less similar.")]
        public static partial void NoTranscript(ILogger logger, string prompt);

        [LoggerMessage(104, LogLevel.Warning,
            "Audio prompt '{Prompt}' has {Seconds:F1} s, over {Limit} s, and is not shortened: the times of its words are not known.")]
        public static partial void TooLong(ILogger logger, string prompt, double seconds, double limit);
    }
}
