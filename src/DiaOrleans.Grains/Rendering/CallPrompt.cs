using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>What calls of the model continue: codes, and their words as ids, encoded once for all calls; docs/api.md, Cloning.</summary>
internal sealed class CallPrompt
{
    private readonly ResolvedPrompt _prompt;
    private readonly string _primarySpeaker;
    private readonly int[] _words = [];
    private readonly int _transcriptIds;

    /// <param name="prompt">Codes and transcript.</param>
    /// <param name="primarySpeaker">Of the voice: speaks a transcript without tags.</param>
    public CallPrompt(ResolvedPrompt prompt, string primarySpeaker)
    {
        _prompt = prompt;
        _primarySpeaker = primarySpeaker;
        if (prompt.Transcript is not { } transcript) return;
        var ids = TextIds.Encode(transcript);
        _transcriptIds = ids.Length;
        OwnBytes = TextIds.CountOwnBytes(ids);
        var words = PromptedScript.TagTranscript(transcript, primarySpeaker);
        _words = words == transcript ? ids : TextIds.Encode(words);
    }

    /// <summary>The codes.</summary>
    public AudioCodes Codes => _prompt.Codes;

    /// <summary>Bytes of the transcript without tags; 0 without a transcript.</summary>
    public int OwnBytes { get; }

    /// <summary>This prompt if it fits, else its head; null if there is no room for any of it.</summary>
    /// <param name="maxFrames">The most frames that it may have.</param>
    /// <param name="maxTextIds">The most ids that its transcript may have.</param>
    public CallPrompt? ShortenTo(int maxFrames, int maxTextIds)
    {
        if (Codes.Frames <= maxFrames && _transcriptIds <= maxTextIds) return this;
        return PromptFit.Within(_prompt, maxFrames, maxTextIds) is { } head ? new CallPrompt(head, _primarySpeaker) : null;
    }

    /// <summary>Ids of the transcript and the segment.</summary>
    public int[] Prepend(ScriptSegment segment) => PromptedScript.Join(_words, segment.Ids);
}
