using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// An admitted request: its segments, one after another, through one output chain. It holds the codes that it has received, segment by
/// segment.
/// </summary>
/// <param name="plan">The request.</param>
/// <param name="first">The first segment, submitted.</param>
/// <param name="worker">The worker that speaks.</param>
/// <param name="keeping">Keeps the segments; null if a client waits.</param>
/// <param name="recorder">Keeps the log entry and the saved output.</param>
/// <param name="metrics">Receives the times of the request.</param>
/// <param name="time">Clock of pauses and of the request's times.</param>
/// <param name="logger">Log of retries.</param>
internal sealed class SpeechRendering(
    SpeechPlan plan,
    SegmentSpeech first,
    RequestWorker worker,
    IRenderKeeping? keeping,
    GenerationRecorder recorder,
    DiaMetrics metrics,
    TimeProvider time,
    ILogger logger) : ISpeechRendering
{
    private readonly List<SegmentSpeech> _segments = [first];
    private bool _hasAudio;
    private bool _completed;
    private bool _isEndReported;

    public string ProcessedText => plan.Script.Text;

    public bool AudioPromptUsed => plan.Prompt is not null;

    public string WorkerName => worker.Name;

    public Task Started => first.Started;

    public int InputTokens => Sum(segment => segment.InputTokens);

    public int OutputTokens => Sum(segment => segment.Frames);

    public double Progress => _completed ? 1 : Math.Min(1, Sum(segment => segment.Frames) / (double)Math.Max(1, plan.ExpectedFrames));

    public SavedOutput? Saved { get; private set; }

    public NewCodes? NewCodes(string? call, int frames)
    {
        SegmentSpeech current;
        lock (_segments) current = _segments[^1];
        return current.NewCodes(call, frames);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read([EnumeratorCancellation] CancellationToken stop)
    {
        using var output = CreateOutput();
        var prompt = plan.Prompt;
        for (var i = 0; i < plan.Segments.Count && plan.FramesLeft(OutputTokens) > 0; i++)
        {
            var segment = i == 0 ? first : await StartNext(i, prompt, stop);
            var isLast = i == plan.Segments.Count - 1;
            output.Begin(isLast, plan.Segments[i].PauseBefore);
            await foreach (var samples in segment.Read(stop))
            {
                foreach (var ready in output.Write(samples))
                {
                    ReportAudio();
                    yield return ready;
                }
            }

            output.End(isLast ? plan.Script.PauseAtEnd : TimeSpan.Zero);
            if (!isLast && !segment.WasWhole && segment.ToKeep(isWhole: true) is { } made) keeping?.Keep(i, made);
            if (i == 0 && plan.Segments.Count > 1 && segment.Codes is { } codes) prompt ??= plan.CreateContinuation(codes);
        }

        var rest = output.Finish();
        Saved = await recorder.Record(plan, output, keeping, stop);
        ReportAudio();
        _completed = true;
        ReportEnd();
        foreach (var piece in rest) yield return piece;
    }

    public async ValueTask DisposeAsync()
    {
        ReportEnd();
        foreach (var segment in _segments) await segment.Release();
    }

    /// <summary>Before the last audio, so that a client that has it finds it counted.</summary>
    private void ReportEnd()
    {
        if (_isEndReported) return;
        _isEndReported = true;
        metrics.Ended(plan.Priority, OutputTokens / plan.Model.FrameRate, time.GetElapsedTime(plan.StartedAt), _completed);
    }

    private void ReportAudio()
    {
        if (!_hasAudio) metrics.FirstAudio(plan.Priority, time.GetElapsedTime(plan.StartedAt));
        _hasAudio = true;
    }

    private OutputChain CreateOutput()
    {
        var request = plan.Request;
        var rate = plan.Format.RateFor(request.SampleRate);
        return new OutputChain(plan.Model.SampleRate, request.Speed, plan.Format, rate, request.Streamed, plan.Configuration.SaveOutputs);
    }

    private async Task<SegmentSpeech> StartNext(int index, CallPrompt? prompt, CancellationToken stop)
    {
        var kept = keeping is null ? null : await keeping.Find(index);
        var segment = new SegmentSpeech(plan, index, prompt, OutputTokens, worker, kept, time, logger);
        lock (_segments) _segments.Add(segment);
        await segment.Prepare(stop);
        await _segments[index - 1].Release();
        return segment;
    }

    private int Sum(Func<SegmentSpeech, int> count)
    {
        lock (_segments) return _segments.Sum(count);
    }
}
