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

    /// <summary>How long a worker that does not answer is asked again if no other one takes the work.</summary>
    private static readonly TimeSpan NoAnswerLimit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<short> _cells = [.. work.Made?.Cells ?? []];
    private readonly MovingWork _moving = new(worker, time, logger);
    private SpeechWork _work = work;
    private int _channels = work.Made?.Channels ?? 0;
    private int _frames = work.Made?.Frames ?? 0;
    private long _samples = work.SamplesReceived;

    /// <summary>What is submitted.</summary>
    public SpeechWork Work => _work;

    /// <summary>The worker has admitted the work, which must be released.</summary>
    public bool IsSubmitted => _moving.IsSubmitted;

    /// <summary>Ends when the engine works on the call. Never ends if the call fails before.</summary>
    public Task Started => _started.Task;

    /// <summary>Frames received so far, those that were made before included.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>Codes received so far, those that were made before included; null before the first frame.</summary>
    public AudioCodes? Codes => CodesFrom(0);

    /// <summary>False if the limit of frames ended the call; known when its samples have ended.</summary>
    public bool EndedByItself { get; private set; }

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
    public Task<WorkAdmission> Submit() => _moving.Submit(ToPiece(_work));

    /// <summary>
    /// Offers the work again and again while the worker is busy: a request that has begun goes on. If the worker refuses it for another
    /// reason or does not answer, it is offered to others.
    /// </summary>
    /// <exception cref="RenderException">None of them takes it.</exception>
    public async Task SubmitWhenFree(CancellationToken stop)
    {
        for (var silentSince = (long?)null; ;)
        {
            stop.ThrowIfCancellationRequested();
            var answer = await SubmitOrMove(stop);
            if (answer?.Outcome == WorkOutcome.Accepted) return;
            if (answer is null)
            {
                silentSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(silentSince.Value) >= NoAnswerLimit)
                    throw new RenderException("The worker does not answer. Send the request again.", passing: true);
            }
            else if (answer.Outcome != WorkOutcome.Busy)
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
        try
        {
            for (var lostAt = -1; ;)
            {
                switch (await Next(stop))
                {
                    case WorkFailed failure:
                        // Work that two workers in turn fail without a new frame may break the next one as well.
                        if (!failure.CanRunElsewhere || lostAt == Frames || !await MoveWhenFree(stop))
                            throw new RenderException(failure.Error, passing: failure.CanRunElsewhere);
                        lostAt = Frames;
                        break;
                    case WorkCompleted end:
                        EndedByItself = end.EndedByItself;
                        yield break;
                    case WorkSamples made:
                        _samples += made.Samples.Length;
                        yield return made.Samples;
                        break;
                    case WorkCodes fresh:
                        Keep(fresh.Codes);
                        break;
                }
            }
        }
        finally
        {
            _moving.Leave();
        }
    }

    /// <summary>Stops the work if it runs, and lets the worker forget it. May be called again.</summary>
    public Task Release() => _moving.Release();

    private static WorkPiece ToPiece(SpeechWork work) => new(work.Id, worker => worker.Submit(work));

    /// <summary>The next event; a worker that is silent is left if another one goes on.</summary>
    private async Task<WorkEvent> Next(CancellationToken stop)
    {
        while (true)
        {
            if (await _moving.Next(stop) is not { } happened)
            {
                stop.ThrowIfCancellationRequested();
                await Move(isSilent: true, stop);
                continue;
            }

            if (happened is WorkHeartbeat) continue;
            if (happened is not WorkFailed) _started.TrySetResult();
            return happened;
        }
    }

    /// <summary>The answer of the worker, or of another one; null if the worker does not answer and no other one takes the work.</summary>
    private async Task<WorkAdmission?> SubmitOrMove(CancellationToken stop)
    {
        WorkAdmission? answer = null;
        try
        {
            answer = await Submit();
            if (answer.Outcome is WorkOutcome.Accepted or WorkOutcome.Busy or WorkOutcome.Rejected) return answer;
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NoAnswer(logger, e, worker.Name);
        }

        var moved = await Move(isSilent: false, stop);
        if (moved.Outcome == WorkOutcome.Accepted) return moved;
        if (answer is null || _work.MustStay) return answer;
        // The worker may be draining.
        _work = _work with { MustStay = true };
        return await Submit();
    }

    /// <summary>Goes on at another worker as soon as one has room and answers; false if none takes the work for another reason.</summary>
    private async Task<bool> MoveWhenFree(CancellationToken stop)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            var answer = await Move(isSilent: false, stop);
            var isSilent = answer == WorkDispatcher.NoAnswer && time.GetElapsedTime(start) < NoAnswerLimit;
            if (answer.Outcome != WorkOutcome.Busy && !isSilent) return answer.Outcome == WorkOutcome.Accepted;
            await Task.Delay(BusyPause, time, stop);
        }
    }

    /// <summary>Goes on at another worker, behind the codes and samples received so far.</summary>
    private async Task<WorkAdmission> Move(bool isSilent, CancellationToken stop)
    {
        var rest = _work with { Id = Guid.NewGuid(), Made = Codes, SamplesReceived = _samples };
        var answer = await _moving.Move(ToPiece(rest), isSilent, stop);
        if (answer.Outcome == WorkOutcome.Accepted) _work = rest;
        return answer;
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
        [LoggerMessage(502, LogLevel.Warning, "Worker {Worker} does not answer; another one is tried.")]
        public static partial void NoAnswer(ILogger logger, Exception cause, string worker);
    }
}
