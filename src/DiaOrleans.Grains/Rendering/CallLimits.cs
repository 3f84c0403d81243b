using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>How much text, prompt and speech one call of a model may have; docs/api.md, Long and short texts and Cloning.</summary>
/// <param name="model">The model.</param>
/// <param name="maxSegmentBytes">The most own bytes of text in one call; null takes the model's.</param>
internal sealed class CallLimits(ModelFacts model, int? maxSegmentBytes)
{
    // The longest time that speech which ends by itself takes: what a prompt must leave room for. Frames are capped by FrameBudget.
    private const double SecondsPerByte = 0.09;
    private const double ExtraSeconds = 2;
    private const int LeastSegmentBytes = 60;

    // What speech takes on average.
    private const double LikelySecondsPerByte = 0.07;
    private const double LikelyExtraSeconds = 0.5;
    private const int LeastBytes = 8;
    private const int ContinuationShare = 4;

    // Tags that are added where transcript and script meet.
    private const int TagIds = 8;

    private readonly int _maxBytes = maxSegmentBytes ?? model.MaxTextBytes;

    /// <summary>The most ids of a transcript that comes from the request's own first segment.</summary>
    public int MaxContinuationIds => _maxBytes / ContinuationShare;

    /// <summary>
    /// Segments of a script. The model speaks words and transcript together well up to a length: a transcript takes from it, but never
    /// more than half. A script of several segments without a recording leaves room for the head of the first one.
    /// </summary>
    public IReadOnlyList<ScriptSegment> Cut(Script script, CallPrompt? prompt)
    {
        var whole = ScriptSegment.Encode(script.Text);
        if (prompt is not null)
        {
            var bytes = Math.Max(_maxBytes - prompt.OwnBytes, _maxBytes / 2);
            return ScriptSegments.Cut(whole, script.Breaks, LimitByRows(bytes, prompt.Codes.Frames), model.MaxTextIds);
        }

        return whole.OwnBytes <= _maxBytes
            ? ScriptSegments.Cut(whole, script.Breaks, _maxBytes, model.MaxTextIds)
            : ScriptSegments.Cut(whole, script.Breaks, LimitByRows(_maxBytes - MaxContinuationIds, 0));
    }

    /// <summary>The prompt, shortened if the segment needs its room; null if there is no room for any of it.</summary>
    public CallPrompt? Fit(CallPrompt prompt, ScriptSegment segment)
    {
        var frames = (int)Math.Ceiling(model.FrameRate * (ExtraSeconds + SecondsPerByte * segment.OwnBytes));
        return prompt.ShortenTo(model.MaxNewFrames - frames, model.MaxTextIds - segment.Ids.Length - TagIds);
    }

    /// <summary>The new frames that a call is likely to make.</summary>
    public int ExpectedFrames(ScriptSegment segment) =>
        Math.Min((int)(model.FrameRate * (LikelyExtraSeconds + LikelySecondsPerByte * segment.OwnBytes)), MaxFrames(segment));

    /// <summary>The most new frames of a call without a prompt.</summary>
    public int MaxFrames(ScriptSegment segment) => Math.Min(FrameBudget.ForText(model.FrameRate, segment.OwnBytes), model.MaxNewFrames);

    /// <summary>The most new frames of a call that continues a prompt of <paramref name="promptFrames"/>.</summary>
    public int MaxFrames(ScriptSegment segment, int promptFrames) => Math.Min(MaxFrames(segment), model.MaxNewFrames - promptFrames);

    /// <summary>So many bytes, or fewer if the model's rows besides the prompt have no room for their speech.</summary>
    private int LimitByRows(int bytes, int promptFrames)
    {
        var seconds = (model.MaxNewFrames - promptFrames) / model.FrameRate - ExtraSeconds;
        return Math.Max(LeastBytes, Math.Min(bytes, Math.Max((int)(seconds / SecondsPerByte), LeastSegmentBytes)));
    }
}
