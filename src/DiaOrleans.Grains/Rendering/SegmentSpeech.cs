using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// Speaks one segment, or the rest of it if an earlier rendering has made a part of its codes. Samples are passed on as they come, except
/// for a very short text: there the model may run on or say nothing, so its samples are held until the call has ended, tried again with
/// another seed if they are not usable, and trimmed. Streamed or not, a request sounds the same.
/// </summary>
internal sealed partial class SegmentSpeech
{
    private const int ShortTextBytes = 20;
    private const int MaxRetries = 2;
    private const double LeastSeconds = 0.1;

    private readonly SpeechPlan _plan;
    private readonly int _index;
    private readonly CallPrompt? _prompt;
    private readonly int _framesBefore;
    private readonly RequestWorker _worker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private int _attempt;
    private string _id = "";
    private ModelCall _call;

    /// <param name="plan">The request.</param>
    /// <param name="index">Number of the segment, from 0.</param>
    /// <param name="prompt">What it continues, or null.</param>
    /// <param name="framesBefore">Frames that the segments before have made.</param>
    /// <param name="worker">The worker that speaks.</param>
    /// <param name="kept">What an earlier rendering has made of it, or null. Not used if that was by another call of the model.</param>
    /// <param name="time">Clock of pauses.</param>
    /// <param name="logger">Log of retries.</param>
    public SegmentSpeech(
        SpeechPlan plan,
        int index,
        CallPrompt? prompt,
        int framesBefore,
        RequestWorker worker,
        SegmentCodes? kept,
        TimeProvider time,
        ILogger logger)
    {
        _plan = plan;
        _index = index;
        _prompt = prompt;
        _framesBefore = framesBefore;
        _worker = worker;
        _time = time;
        _logger = logger;
        _call = (kept is null ? null : Resume(kept)) ?? CreateCall(attempt: 0);
        Started = _call.Started;
    }

    /// <summary>Ends when the engine works on the first call.</summary>
    public Task Started { get; }

    /// <summary>New frames of the current call so far.</summary>
    public int Frames => _call.Frames;

    /// <summary>Text ids given to the model so far.</summary>
    public int InputTokens { get; private set; }

    /// <summary>Codes of the current call so far; null before the first frame.</summary>
    public AudioCodes? Codes => _call.Codes;

    /// <summary>Whether an earlier rendering has made all its codes.</summary>
    public bool WasWhole { get; private set; }

    private ScriptSegment Segment => _plan.Segments[_index];

    /// <summary>The codes of the current call so far, to be kept; null before the first frame.</summary>
    /// <param name="isWhole">Whether the segment has ended.</param>
    public SegmentCodes? ToKeep(bool isWhole) => Codes is { } codes ? new SegmentCodes(_id, _attempt, codes, isWhole) : null;

    /// <summary>The codes of the current call so far; null if there are none, or if an earlier rendering has made all.</summary>
    /// <param name="call">The call whose first frames are known; null for none.</param>
    /// <param name="frames">The number of these frames. They are left out.</param>
    public NewCodes? NewCodes(string? call, int frames)
    {
        lock (_gate)
        {
            var first = call == _id ? frames : 0;
            return !WasWhole && _call.CodesFrom(first) is { } codes
                ? new NewCodes(_index, first, new SegmentCodes(_id, _attempt, codes, IsWhole: false))
                : null;
        }
    }

    /// <summary>Offers the first call to the worker. An admitted one must be released.</summary>
    public async Task<WorkAdmission> Submit()
    {
        var answer = await _call.Submit();
        if (_call.IsSubmitted) InputTokens += _call.Work.TextIds.Length;
        return answer;
    }

    /// <summary>
    /// Submits the current call, unless it is submitted. The work before it is released after that, so that the worker is busy
    /// throughout.
    /// </summary>
    /// <exception cref="RenderException">The worker refuses it.</exception>
    public async Task Prepare(CancellationToken stop)
    {
        if (_call.IsSubmitted) return;
        await _call.SubmitWhenFree(stop);
        InputTokens += _call.Work.TextIds.Length;
    }

    /// <summary>The samples, at the model's rate, in blocks.</summary>
    /// <exception cref="RenderException">A call failed, or no attempt made usable speech.</exception>
    public async IAsyncEnumerable<float[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            await Prepare(stop);
            var any = false;
            await foreach (var samples in Segment.OwnBytes < ShortTextBytes ? ReadShort(stop) : _call.Read(stop))
            {
                any |= samples.Length > 0;
                yield return samples;
            }

            if (any) yield break;
            if (_attempt == MaxRetries) throw Silent();
            Log.Retry(_logger, _index, _attempt + 1);
            await StartNextAttempt(stop);
        }
    }

    /// <summary>Stops what runs and lets the worker forget it.</summary>
    public Task Release() => _call.Release();

    /// <summary>Behind a recording the model takes words for said whose speech its transcript does not have, and ends at once.</summary>
    private RenderException Silent() => _plan is { PromptId: { } id, Prompt.OwnBytes: > 0 }
        ? new RenderException(
            $"The model had nothing to say behind the recording '{id}': its transcript may have only a part of the words. "
            + $"Set all words that the recording says, with PUT /audio_prompts/{Uri.EscapeDataString(id)}/transcript or in the voice's "
            + "audio_prompt_transcript, or try a longer text.") { BadTranscript = true }
        : new RenderException("The model had nothing to say. Try another seed or a longer text.");

    private async Task StartNextAttempt(CancellationToken stop)
    {
        var previous = _call;
        lock (_gate) _call = CreateCall(_attempt + 1);
        WasWhole = false;
        try
        {
            await Prepare(stop);
        }
        finally
        {
            await previous.Release();
        }
    }

    /// <summary>The samples in one block; none if they are not usable.</summary>
    private async IAsyncEnumerable<float[]> ReadShort([EnumeratorCancellation] CancellationToken stop)
    {
        var samples = new List<float>();
        await foreach (var block in _call.Read(stop)) samples.AddRange(block);
        var isRunaway = !WasWhole && !_call.EndedByItself && _plan.IsCappedByText(_call.Work, _index);
        if (samples.Count < LeastSeconds * _plan.Model.SampleRate || (isRunaway && _attempt < MaxRetries)) yield break;
        yield return TailTrim.Cut([.. samples], _plan.Model.SampleRate);
    }

    private ModelCall CreateCall(int attempt)
    {
        var work = CreateWork(attempt);
        _attempt = attempt;
        _id = _plan.Identify(work);
        return new ModelCall(work, _worker, _time, _logger);
    }

    /// <summary>
    /// The call behind the codes that an earlier rendering has made; null if they are those of another call. Codes that are whole are only
    /// turned into samples.
    /// </summary>
    private ModelCall? Resume(SegmentCodes kept)
    {
        var work = CreateWork(kept.Attempt);
        if (_plan.Identify(work) != kept.Call) return null;
        _attempt = kept.Attempt;
        _id = kept.Call;
        WasWhole = kept.IsWhole;
        var maxFrames = kept.IsWhole ? kept.Codes.Frames : work.MaxFrames;
        return new ModelCall(work with { Made = kept.Codes, MaxFrames = maxFrames }, _worker, _time, _logger);
    }

    /// <summary>
    /// The last attempt does not continue the first segment: behind it the model may take a few words, such as those after a pause, for
    /// the end of what it has said.
    /// </summary>
    private SpeechWork CreateWork(int attempt)
    {
        var prompt = attempt == MaxRetries && _plan.Prompt is null ? null : _prompt;
        return _plan.CreateWork(_index, attempt, prompt, _framesBefore);
    }

    private static partial class Log
    {
        [LoggerMessage(503, LogLevel.Debug, "Segment {Segment} ended without usable speech; attempt {Attempt} follows.")]
        public static partial void Retry(ILogger logger, int segment, int attempt);
    }
}
