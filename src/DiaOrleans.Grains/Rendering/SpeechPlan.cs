using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Scripts;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// A request for a certain model, with everything that is read, parsed and encoded once for it: voice, configuration, format, script,
/// prompt, and its segments with the call of the model for each.
/// </summary>
internal sealed class SpeechPlan
{
    /// <summary>Names the request and its entry in the generation log.</summary>
    public required Guid Id { get; init; }

    /// <summary>The request.</summary>
    public required SpeechRequest Request { get; init; }

    /// <summary>Format of the audio.</summary>
    public required AudioFormat Format { get; init; }

    /// <summary>The text, cleaned and tagged.</summary>
    public required Script Script { get; init; }

    /// <summary>Of the voice: S1 or S2; any other value speaks as S1.</summary>
    public required string PrimarySpeaker { get; init; }

    /// <summary>The request's seed, or one drawn for it.</summary>
    public required long Seed { get; init; }

    /// <summary>Which work gets a slot first.</summary>
    public required WorkPriority Priority { get; init; }

    /// <summary>As it was when the request came.</summary>
    public required ServerConfiguration Configuration { get; init; }

    /// <summary>Timestamp of the clock when the request came.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Values of the server that the request does not set.</summary>
    public required RenderingOptions Options { get; init; }

    /// <summary>Limits of prompts.</summary>
    public required PromptOptions PromptOptions { get; init; }

    /// <summary>The model that speaks.</summary>
    public required ModelFacts Model { get; init; }

    /// <summary>See <see cref="WorkerStatus.DeviceKind"/>.</summary>
    public required string DeviceKind { get; init; }

    /// <summary>The voice's recording, or null.</summary>
    public required CallPrompt? Prompt { get; init; }

    /// <summary>Id of the recording that the voice is to continue; null or empty if it has none.</summary>
    public string? PromptId { get; init; }

    /// <summary>Parts of the script, in order, one call of the model each.</summary>
    public IReadOnlyList<ScriptSegment> Segments => field ??= Limits.Cut(Script, Prompt);

    private CallLimits Limits => field ??= new CallLimits(Model, Options.MaxSegmentBytes);

    /// <summary>New frames that the whole request is likely to make: an estimate by its text.</summary>
    public int ExpectedFrames => Math.Min(Request.MaxTokens ?? int.MaxValue, Segments.Sum(Limits.ExpectedFrames));

    /// <summary>Frames that the request may still make.</summary>
    /// <param name="made">Frames made so far.</param>
    public int FramesLeft(int made) => (Request.MaxTokens ?? int.MaxValue) - made;

    /// <summary>Whether the plan is for a worker like this one.</summary>
    public bool IsFor(WorkerStatus worker) => Model == worker.Model && DeviceKind == worker.DeviceKind;

    /// <summary>See <see cref="SegmentCodes.Call"/>.</summary>
    public string Identify(SpeechWork work) => CallIdentity.Compute(work, Model, DeviceKind);

    /// <summary>One call of the model.</summary>
    /// <param name="segment">From 0.</param>
    /// <param name="attempt">From 0.</param>
    /// <param name="prompt">What it continues, or null.</param>
    /// <param name="framesMade">By the segments before.</param>
    public SpeechWork CreateWork(int segment, int attempt, CallPrompt? prompt, int framesMade)
    {
        var script = Segments[segment];
        var fitting = prompt is null ? null : Limits.Fit(prompt, script);
        return new SpeechWork
        {
            Id = Guid.NewGuid(),
            TextIds = fitting?.Prepend(script) ?? script.Ids,
            MaxFrames = Math.Min(FramesLeft(framesMade), Limits.MaxFrames(script, fitting?.Codes.Frames ?? 0)),
            Seed = SeedChain.Derive(Seed, segment, attempt),
            Guidance = Request.CfgScale ?? Options.CfgScale ?? Model.Guidance,
            Temperature = Request.Temperature ?? Options.Temperature ?? Model.Temperature,
            TopP = Request.TopP is { } topP and not 0 ? topP : Options.TopP ?? Model.TopP,
            Prompt = fitting?.Codes,
            Priority = Priority,
        };
    }

    /// <summary>Whether the limit of frames of a call was that of its text, not a lower one that the request sets.</summary>
    public bool IsCappedByText(SpeechWork work, int segment) => work.MaxFrames >= Limits.MaxFrames(Segments[segment]);

    /// <summary>
    /// What the segments after the first continue if the voice has no recording: the head of the first segment's own audio and words.
    /// </summary>
    /// <param name="first">Codes of the first segment.</param>
    public CallPrompt? CreateContinuation(AudioCodes first)
    {
        var whole = new CallPrompt(new ResolvedPrompt(first, ScriptText.WithoutTagAtEnd(Segments[0].Text)), PrimarySpeaker);
        return whole.ShortenTo((int)(PromptOptions.MaxPromptSeconds * Model.FrameRate), Limits.MaxContinuationIds);
    }
}
