using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// One call of the model, from its submission to its release, and what was received of it. If its worker is lost, it goes on at another
/// one behind what was received.
/// </summary>
/// <param name="work">What is submitted.</param>
/// <param name="worker">The worker of the request.</param>
/// <param name="time">Clock of pauses.</param>
/// <param name="logger">Log of lost workers.</param>
internal sealed partial class ModelCall(SpeechWork work, RequestWorker worker, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<short> _cells = [.. work.Made?.Cells ?? []];
    private SpeechWork _work = work;
    private IGpuWorkerGrain _at = worker.Grain;
    private int _channels = work.Made?.Channels ?? 0;
    private int _frames = work.Made?.Frames ?? 0;
    private long _samples = work.SamplesReceived;

    /// <summary>What is submitted.</summary>
    public SpeechWork Work => _work;

    /// <summary>The worker has admitted the work, which must be released.</summary>
    public bool IsSubmitted { get; private set; }

    /// <summary>Ends when the engine works on the call. Never ends if the call fails before.</summary>
    public Task Started => _started.Task;

    /// <summary>Frames received so far, those that were made before included.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Codes received so far, those that were made before included; null before the first frame.</summary>
    public AudioCodes? Codes => CodesFrom(0);

    /// <summary>False if the limit of frames ended the call; known when its samples have ended.</summary>
    public bool EndedByItself { get; private set; }

    /// <summary>Work that goes on behind the codes and samples received so far.</summary>
    private SpeechWork Rest => _work with { Id = Guid.NewGuid(), Made = Codes, SamplesReceived = _samples };

    /// <summary>Codes received so far from a frame on; null if there are none.</summary>
    public AudioCodes? CodesFrom(int frame)
    {
        lock (_cells)
        {
            var first = frame * _channels;
            return first < _cells.Count ? new AudioCodes([.. _cells[first..]], _channels) : null;
        }
    }

    /// <summary>Offers the work to the worker.</summary>
    public async Task<WorkAdmission> Submit()
    {
        _at = worker.Grain;
        var answer = await _at.Submit(_work);
        IsSubmitted = answer.Outcome == WorkOutcome.Accepted;
        return answer;
    }

    /// <summary>
    /// Offers the work again and again while the worker is busy: a request that has begun goes on. If the worker refuses it for another
    /// reason, it is offered to others.
    /// </summary>
    /// <exception cref="RenderException">None of them takes it.</exception>
    public async Task SubmitWhenFree(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var answer = await SubmitOrMove(stop);
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
    /// <exception cref="RenderException">The call failed, or its worker is lost and no other one goes on.</exception>
    public async IAsyncEnumerable<float[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        for (var lostAt = -1; ; lostAt = Frames)
        {
            WorkFailed? failure = null;
            await foreach (var happened in _at.FollowToEnd(_work.Id, stop))
            {
                failure = happened as WorkFailed;
                if (failure is null) _started.TrySetResult();
                if (happened is WorkSamples made) yield return Count(made.Samples);
                else if (happened is WorkCodes fresh) Keep(fresh.Codes);
                else if (happened is WorkCompleted end) EndedByItself = end.EndedByItself;
            }

            if (failure is null) yield break;
            // Work that two workers in turn fail without a new frame may break the next one as well.
            if (!failure.CanRunElsewhere || lostAt == Frames || !await TryMove(stop))
                throw new RenderException(failure.Error, passing: failure.CanRunElsewhere);
        }
    }

    /// <summary>Stops the work if it runs, and lets the worker forget it. May be called again.</summary>
    public Task Release()
    {
        if (!IsSubmitted) return Task.CompletedTask;
        IsSubmitted = false;
        return Release(_at, _work.Id);
    }

    private async Task<WorkAdmission> SubmitOrMove(CancellationToken stop)
    {
        WorkAdmission? answer = null;
        Exception? fault = null;
        try
        {
            answer = await Submit();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            fault = e;
        }

        if (answer?.Outcome is WorkOutcome.Accepted or WorkOutcome.Busy or WorkOutcome.Rejected) return answer;
        if (await TryMove(stop)) return new WorkAdmission(WorkOutcome.Accepted);
        if (answer is not null && !_work.MustStay)
        {
            // The worker may be draining.
            _work = _work with { MustStay = true };
            return await Submit();
        }

        return answer ?? throw new RenderException("The worker does not answer. Send the request again.", fault, passing: true);
    }

    /// <summary>Goes on at another worker. The one that is left may not answer, so its release is not waited for.</summary>
    private async Task<bool> TryMove(CancellationToken stop)
    {
        var left = _at;
        var lost = _work.Id;
        var rest = Rest;
        if (!await worker.Move(rest, stop)) return false;
        Log.Moved(logger, lost, rest.Id, worker.Name, Frames);
        _work = rest;
        _at = worker.Grain;
        IsSubmitted = true;
        _ = Release(left, lost);
        return true;
    }

    private async Task Release(IGpuWorkerGrain from, Guid id)
    {
        try
        {
            await from.Release(id);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NotReleased(logger, e, id);
        }
    }

    private float[] Count(float[] samples)
    {
        _samples += samples.Length;
        return samples;
    }

    private void Keep(AudioCodes codes)
    {
        lock (_cells)
        {
            _channels = codes.Channels;
            _cells.AddRange(codes.Cells);
            Volatile.Write(ref _frames, _cells.Count / _channels);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(502, LogLevel.Debug, "Work {Work} could not be released; the worker forgets it by itself.")]
        public static partial void NotReleased(ILogger logger, Exception cause, Guid work);

        [LoggerMessage(507, LogLevel.Warning, "The worker of {Work} is lost; as {Rest} it goes on at {Worker} behind {Frames} frames.")]
        public static partial void Moved(ILogger logger, Guid work, Guid rest, string worker, int frames);
    }
}
