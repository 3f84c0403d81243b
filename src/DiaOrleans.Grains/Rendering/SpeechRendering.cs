using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Cloning;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>An admitted request: its segments one after another through one chain of output.</summary>
internal sealed class SpeechRendering(
    RenderTicket ticket, SpeechPlan plan, SegmentSpeech first, IGpuWorkerGrain worker, GenerationRecorder recorder, TimeProvider time, ILogger logger) : ISpeechRendering
{
    private readonly List<SegmentSpeech> _segments = [first];

    public string ProcessedText => ticket.Script;

    public bool AudioPromptUsed => plan.Prompt is not null;

    public Task Started => first.Started;

    public int InputTokens => _segments.Sum(segment => segment.InputTokens);

    public int OutputTokens => _segments.Sum(segment => segment.Frames);

    public SavedOutput? Saved { get; private set; }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read([EnumeratorCancellation] CancellationToken stop)
    {
        var request = ticket.Request;
        AudioFormats.TryParse(request.Format, out var format);
        using var output = new OutputChain(plan.Model.SampleRate, request.Speed, format, format.RateFor(request.SampleRate), request.Streamed, ticket.Configuration.SaveOutputs);
        var prompt = plan.Prompt;
        for (var i = 0; i < plan.Segments.Count && plan.FramesLeft(OutputTokens) > 0; i++)
        {
            var segment = i == 0 ? first : await Next(i, prompt, stop);
            output.Begin(last: i == plan.Segments.Count - 1);
            await foreach (var samples in segment.Read(stop))
            {
                if (output.Write(samples) is { Length: > 0 } ready) yield return ready;
            }

            output.End();
            if (i == 0 && plan.Segments.Count > 1) prompt ??= segment.Codes is { } codes ? plan.Continuation(codes) : null;
        }

        var rest = output.Finish();
        Saved = await recorder.Record(ticket, AudioPromptUsed, output, stop);
        foreach (var piece in rest) yield return piece;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var segment in _segments) await segment.Release();
    }

    private async Task<SegmentSpeech> Next(int index, ResolvedPrompt? prompt, CancellationToken stop)
    {
        var segment = new SegmentSpeech(plan, index, prompt, OutputTokens, worker, ticket.Priority, time, logger);
        _segments.Add(segment);
        await segment.Prepare(stop);
        await _segments[index - 1].Release();
        return segment;
    }
}
