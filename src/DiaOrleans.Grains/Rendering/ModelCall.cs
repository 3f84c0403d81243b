using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>One call of the model at one worker, from its submission to its release, and what was received of it.</summary>
internal sealed partial class ModelCall(SpeechWork work, IGpuWorkerGrain worker, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<short> _cells = [.. work.Made?.Cells ?? []];
    private int _channels = work.Made?.Channels ?? 0;
    private int _frames = work.Made?.Frames ?? 0;
    private long _samples = work.SamplesReceived;

    /// <summary>What is submitted.</summary>
    public SpeechWork Work => work;

    /// <summary>The worker has admitted the work, which must be released.</summary>
    public bool IsSubmitted { get; private set; }

    /// <summary>Ends when the engine works on the call. Never ends if the call fails before.</summary>
    public Task Started => _started.Task;

    /// <summary>Frames received so far, those that were made before included.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Codes received so far, those that were made before included; null before the first frame.</summary>
    public AudioCodes? Codes => _channels == 0 ? null : new AudioCodes([.. _cells], _channels);

    /// <summary>Work that goes on behind the codes and samples received so far. Not to be read while <see cref="Read"/> runs.</summary>
    public SpeechWork Rest => work with { Id = Guid.NewGuid(), Made = Codes, SamplesReceived = _samples };

    /// <summary>False if the limit of frames ended the call; known when its samples have ended.</summary>
    public bool EndedByItself { get; private set; }

    /// <summary>Offers the work to the worker.</summary>
    public async Task<WorkAdmission> Submit()
    {
        var answer = await worker.Submit(work);
        IsSubmitted = answer.Outcome == WorkOutcome.Accepted;
        return answer;
    }

    /// <summary>Offers the work again and again while the worker is busy: a request that has begun goes on.</summary>
    /// <exception cref="RenderException">The worker refuses it for another reason, or does not answer.</exception>
    public async Task SubmitWhenFree(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var answer = await SubmitOrThrow();
            if (answer.Outcome == WorkOutcome.Accepted) return;
            if (answer.Outcome != WorkOutcome.Busy)
            {
                var canRunElsewhere = answer.Outcome is WorkOutcome.Unavailable or WorkOutcome.Loading;
                throw new RenderException(answer.Reason ?? "The worker takes no more work.", passing: canRunElsewhere);
            }

            await Task.Delay(BusyPause, time, stop);
        }
    }

    /// <summary>The samples, at the model's rate, as they are made. May be called once.</summary>
    /// <exception cref="RenderException">The call failed, or the worker is lost.</exception>
    public async IAsyncEnumerable<float[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in worker.FollowToEnd(work.Id, stop))
        {
            if (happened is WorkFailed failed) throw new RenderException(failed.Error, passing: failed.CanRunElsewhere);
            _started.TrySetResult();
            if (happened is WorkSamples made) yield return Count(made.Samples);
            else if (happened is WorkCodes fresh) Keep(fresh.Codes);
            else if (happened is WorkCompleted end) EndedByItself = end.EndedByItself;
        }
    }

    /// <summary>Stops the work if it runs, and lets the worker forget it. May be called again.</summary>
    public async Task Release()
    {
        if (!IsSubmitted) return;
        IsSubmitted = false;
        try
        {
            await worker.Release(work.Id);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NotReleased(logger, e, work.Id);
        }
    }

    private async Task<WorkAdmission> SubmitOrThrow()
    {
        try
        {
            return await Submit();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            throw new RenderException("The worker does not answer. Send the request again.", e, passing: true);
        }
    }

    private float[] Count(float[] samples)
    {
        _samples += samples.Length;
        return samples;
    }

    private void Keep(AudioCodes codes)
    {
        _channels = codes.Channels;
        _cells.AddRange(codes.Cells);
        Volatile.Write(ref _frames, _cells.Count / _channels);
    }

    private static partial class Log
    {
        [LoggerMessage(502, LogLevel.Debug, "Work {Work} could not be released; the worker forgets it by itself.")]
        public static partial void NotReleased(ILogger logger, Exception cause, Guid work);
    }
}
