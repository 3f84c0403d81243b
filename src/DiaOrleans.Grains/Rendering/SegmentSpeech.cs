using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Decoding;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// One segment's calls of the model at one worker. What the model says is passed on as it comes, but for a very short text: there the model may run on or say nothing,
/// so its audio is held until it is known to be good, tried again with another seed where it is not, and trimmed. Streamed or not, a request sounds the same.
/// </summary>
internal sealed partial class SegmentSpeech(SpeechPlan plan, int segment, ResolvedPrompt? prompt, int framesMade, IGpuWorkerGrain worker, WorkPriority priority, TimeProvider time, ILogger logger)
{
    private const int ShortTextBytes = 20;
    private const int MaxRetries = 2;
    private const double LeastSeconds = 0.1;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SpeechWork _work = plan.Work(Guid.NewGuid(), segment, 0, prompt, framesMade, priority);
    private bool _submitted;

    /// <summary>Ends when a slot decodes the first call.</summary>
    public Task Started => _started.Task;

    /// <summary>New frames, once the samples have ended.</summary>
    public int Frames { get; private set; }

    /// <summary>Text ids given to the model so far.</summary>
    public int InputTokens { get; private set; }

    /// <summary>Codes of the new frames, once the samples have ended.</summary>
    public AudioCodes? Codes { get; private set; }

    private bool IsShort => TextIds.OwnTextBytes(plan.Segments[segment]) < ShortTextBytes;

    /// <summary>Offers the first call to the worker. An accepted one must be released.</summary>
    public async Task<WorkAdmission> Submit()
    {
        var answer = await worker.Submit(_work);
        _submitted = answer.Outcome == WorkOutcome.Accepted;
        if (_submitted) InputTokens += TextIds.Encode(_work.Text).Length;
        return answer;
    }

    /// <summary>The samples, at the model's rate, in blocks.</summary>
    /// <exception cref="RenderException">The model failed, or said nothing however often it was asked.</exception>
    public async IAsyncEnumerable<float[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            await Prepare(stop);
            var following = Follow(_work.Id, stop);
            var any = false;
            await foreach (var samples in Samples(attempt == MaxRetries, stop))
            {
                any |= samples.Length > 0;
                yield return samples;
            }

            await following;
            if (any) yield break;
            if (attempt == MaxRetries) throw new RenderException("The model had nothing to say. Try another seed or a longer text.");
            Log.Again(logger, segment, attempt + 1);
            var tried = _work.Id;
            _work = plan.Work(Guid.NewGuid(), segment, attempt + 1, prompt, framesMade, priority);
            _submitted = false;
            try
            {
                await Prepare(stop);
            }
            finally
            {
                await Release(tried);
            }
        }
    }

    /// <summary>Submits what is to be read next, unless that is done: a worker that is given the next work before the last one is released is busy throughout.</summary>
    /// <exception cref="RenderException">The worker takes it no more.</exception>
    public Task Prepare(CancellationToken stop) => _submitted ? Task.CompletedTask : SubmitPatiently(stop);

    /// <summary>Stops what runs and forgets it.</summary>
    public Task Release()
    {
        if (!_submitted) return Task.CompletedTask;
        _submitted = false;
        return Release(_work.Id);
    }

    private async Task Release(Guid work)
    {
        try
        {
            await worker.Release(work);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.NotReleased(logger, e, work);
        }
    }

    private async IAsyncEnumerable<float[]> Samples(bool last, [EnumeratorCancellation] CancellationToken stop)
    {
        if (IsShort)
        {
            var samples = await ReadAll(stop);
            var ended = await TakeResult();
            if (samples.Length < LeastSeconds * ended.SampleRate || (!last && !ended.EndedByItself && IsRunaway)) samples = [];
            if (samples.Length > 0) yield return TailTrim.Cut(samples, ended.SampleRate);
            yield break;
        }

        await foreach (var block in new WorkSamples(worker, _work.Id).Read(1, stop)) yield return block;
        await TakeResult();
    }

    /// <summary>The cap was ours and not the client's: the model did not find its end.</summary>
    private bool IsRunaway => _work.MaxFrames >= Math.Min(FrameBudget.ForText(plan.Model.FrameRate, TextIds.OwnTextBytes(plan.Segments[segment])), plan.Model.MaxNewFrames);

    private async Task<float[]> ReadAll(CancellationToken stop)
    {
        var all = new List<float>();
        await foreach (var block in new WorkSamples(worker, _work.Id).Read(8, stop)) all.AddRange(block);
        return [.. all];
    }

    private async Task<WorkProgress> TakeResult()
    {
        try
        {
            var progress = await worker.Wait(_work.Id, LongestWait);
            Frames = progress.Frames;
            Codes = await worker.GetCodes(_work.Id);
            return progress;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw WorkSamples.Lost(e);
        }
    }

    /// <summary>A request that has begun goes on: where the worker is full it waits for its turn.</summary>
    private async Task SubmitPatiently(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            WorkAdmission answer;
            try
            {
                answer = await Submit();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                throw WorkSamples.Lost(e);
            }

            if (answer.Outcome == WorkOutcome.Accepted) return;
            if (answer.Outcome != WorkOutcome.Busy) throw new RenderException(answer.Reason ?? "The worker takes no more work.", passing: answer.Outcome is WorkOutcome.Unavailable or WorkOutcome.Loading);
            await Task.Delay(BusyPause, time, stop);
        }
    }

    /// <summary>Asks about the work until it has ended: the worker forgets what nobody asks about.</summary>
    private async Task Follow(Guid work, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var progress = await worker.Wait(work, _started.Task.IsCompleted ? LongestWait : Poll).WaitAsync(stop);
                if (progress.State != WorkState.Waiting) _started.TrySetResult();
                if (progress.State is not (WorkState.Waiting or WorkState.Running)) return;
            }
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            // Whoever reads the samples hears of it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Segment {Segment} ended without usable speech; attempt {Attempt} follows.")]
        public static partial void Again(ILogger logger, int segment, int attempt);

        [LoggerMessage(2, LogLevel.Debug, "The worker did not hear that work {Work} is over; it will forget it by itself.")]
        public static partial void NotReleased(ILogger logger, Exception cause, Guid work);
    }
}
