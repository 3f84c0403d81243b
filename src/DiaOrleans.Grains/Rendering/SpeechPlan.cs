using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>What a request asks of a certain model: its segments, and the call for each.</summary>
internal sealed class SpeechPlan
{
    // How long speech takes at the most where it ends by itself: what a prompt must leave room for. Frames are capped by FrameBudget.
    private const double SecondsPerByte = 0.09;
    private const double SecondsBesides = 2;
    private const int LeastSegmentBytes = 60;
    private const int LeastBytes = 8;
    private const int ContinuationShare = 4;
    private const int TagIds = 8;

    private readonly SpeechRequest _request;
    private readonly RenderingOptions _options;
    private readonly ModelFacts _model;
    private readonly string _primarySpeaker;
    private readonly long _seed;

    /// <param name="request">What the client asked.</param>
    /// <param name="script">Its text, cleaned and tagged.</param>
    /// <param name="primarySpeaker">Of the voice.</param>
    /// <param name="seed">The request's, or drawn for it.</param>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The voice's recording, or null.</param>
    /// <param name="options">How requests become audio.</param>
    public SpeechPlan(SpeechRequest request, string script, string primarySpeaker, long seed, ModelFacts model, ResolvedPrompt? prompt, RenderingOptions options)
    {
        (_request, _primarySpeaker, _seed, _model, _options) = (request, primarySpeaker, seed, model, options);
        Prompt = prompt;
        Segments = Cut(script);
    }

    /// <summary>The voice's recording, or null.</summary>
    public ResolvedPrompt? Prompt { get; }

    /// <summary>Scripts of the calls, in order.</summary>
    public IReadOnlyList<string> Segments { get; }

    public ModelFacts Model => _model;

    /// <summary>Frames that a request may still make.</summary>
    public int FramesLeft(int made) => (_request.MaxTokens ?? int.MaxValue) - made;

    /// <summary>One call.</summary>
    /// <param name="id">Names the work.</param>
    /// <param name="segment">From 0.</param>
    /// <param name="attempt">From 0.</param>
    /// <param name="prompt">What it continues, or null.</param>
    /// <param name="framesMade">By the segments before.</param>
    /// <param name="priority">Who goes first.</param>
    public SpeechWork Work(Guid id, int segment, int attempt, ResolvedPrompt? prompt, int framesMade, WorkPriority priority)
    {
        var script = Segments[segment];
        var bytes = TextIds.OwnTextBytes(script);
        var fitting = prompt is null ? null : PromptFit.Within(prompt, _model.MaxNewFrames - Frames(bytes), _model.MaxTextIds - TextIds.Encode(script).Length - TagIds);
        var budget = FrameBudget.ForText(_model.FrameRate, bytes);
        return new SpeechWork
        {
            Id = id,
            Text = fitting?.Transcript is { } transcript ? PromptedScript.Join(transcript, script, _primarySpeaker) : script,
            MaxFrames = Math.Min(Math.Min(FramesLeft(framesMade), budget), _model.MaxNewFrames - (fitting?.Codes.Frames ?? 0)),
            Seed = SeedChain.Of(_seed, segment, attempt),
            Guidance = _request.CfgScale ?? _options.CfgScale ?? _model.Guidance,
            Temperature = _request.Temperature ?? _options.Temperature ?? _model.Temperature,
            TopP = _request.TopP is { } topP and not 0 ? topP : _options.TopP ?? _model.TopP,
            Prompt = fitting?.Codes,
            Priority = priority,
        };
    }

    /// <summary>What the segments after the first continue where the voice has no recording: the head of the first one's own audio and words.</summary>
    public ResolvedPrompt? Continuation(AudioCodes first) =>
        PromptFit.Within(new ResolvedPrompt(first, ScriptText.WithoutTagAtEnd(Segments[0])), (int)(_options.MaxPromptSeconds * _model.FrameRate), Most / ContinuationShare);

    private int Most => _options.MaxSegmentBytes ?? _model.MaxTextBytes;

    /// <summary>The model speaks words and transcript together well up to a length: what a segment continues takes from it, but never more than half.</summary>
    private IReadOnlyList<string> Cut(string script)
    {
        if (Prompt is null) return TextIds.OwnTextBytes(script) <= Most ? ScriptSegments.Cut(script, Most, _model.MaxTextIds) : ScriptSegments.Cut(script, Fitting(Most - Most / ContinuationShare, 0));
        var words = Prompt.Transcript is { } transcript ? TextIds.OwnTextBytes(transcript) : 0;
        return ScriptSegments.Cut(script, Fitting(Math.Max(Most - words, Most / 2), Prompt.Codes.Frames), _model.MaxTextIds);
    }

    /// <summary>So many bytes, or what the rows beside a prompt have room for.</summary>
    private int Fitting(int bytes, int promptFrames)
    {
        var seconds = (_model.MaxNewFrames - promptFrames) / _model.FrameRate - SecondsBesides;
        return Math.Max(LeastBytes, Math.Min(bytes, Math.Max((int)(seconds / SecondsPerByte), LeastSegmentBytes)));
    }

    private int Frames(int bytes) => (int)Math.Ceiling(_model.FrameRate * (SecondsBesides + SecondsPerByte * bytes));
}
