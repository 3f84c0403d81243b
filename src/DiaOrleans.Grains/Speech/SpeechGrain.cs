using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Placing;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// A request in memory, on the silo of its client. It is a stateless worker, one activation an id, in no grain directory, so that no other
/// silo is asked for it, and no other silo's end deactivates it. Its audio is made outside the activation's turns; a timer ends a request
/// whose client makes no more calls.
/// </summary>
[GrainType("dia.speech"), StatelessWorker(1, removeIdleWorkers: false), GrainDirectory(NoDirectory.Name), Reentrant]
internal sealed partial class SpeechGrain(
    ISpeechRenderer renderer,
    UnreadAudio unread,
    TimeProvider time,
    ILogger<SpeechGrain> logger) : Grain, ISpeechGrain
{
    // Below 85,000 bytes, from which arrays go to the large object heap.
    private const int ChunkBytes = 80 * 1000;
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);
    private static readonly GrainTimerCreationOptions CheckTimer = new(CheckPeriod, CheckPeriod) { Interleave = true, KeepAlive = true };

    private readonly ClientWatch _client = new(time);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _readable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AudioBuffer _audio = new(unread, time);
    private readonly Lock _gate = new();
    private Task<SpeechAdmission>? _admission;
    private Task _producing = Task.CompletedTask;
    private ISpeechRendering? _rendering;
    private SpeechStatus _status = SpeechStatus.Failed;
    private string? _error = "No such request: it was not started here, or the time to fetch its audio is over.";
    private bool _streamed;
    private bool _released;
    private bool _noSpace;
    private bool _canSucceedLater;
    private bool _badTranscript;

    private Guid Id => this.GetPrimaryKey();

    private bool Ended => _status is SpeechStatus.Completed or SpeechStatus.Failed or SpeechStatus.Cancelled;

    public Task<SpeechAdmission> Start(SpeechRequest request) => _admission ??= Admit(request);

    public async Task<SpeechSnapshot> Wait(TimeSpan upTo)
    {
        if (_admission is null) return Snapshot();
        using var visit = _client.Enter();
        await _readable.Task.WaitUpTo(LongPoll.Limit(upTo), time);
        return Snapshot();
    }

    public async Task<SpeechAudio> Read(long position)
    {
        if (_admission is null) throw new InvalidOperationException(_error);
        using var visit = _client.Enter();
        return await _audio.Read(position, ChunkBytes);
    }

    public async Task Cancel()
    {
        _released = true;
        End(SpeechStatus.Cancelled, "The request was stopped.");
        await _audio.Drop();
        await _producing;
    }

    /// <summary>
    /// Does not wait for the end of the work if the silo shuts down: the worker's grain and its engine may have stopped before.
    /// </summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var cancelled = Cancel();
        return reason.ReasonCode == DeactivationReasonCode.ShuttingDown ? Task.CompletedTask : cancelled;
    }

    private async Task<SpeechAdmission> Admit(SpeechRequest request)
    {
        using var visit = _client.Enter();
        _status = SpeechStatus.Pending;
        _error = null;
        SpeechAdmission? answer = null;
        try
        {
            _streamed = request.Streamed;
            var start = await renderer.Start(Id, request, _streamed ? WorkPriority.Live : WorkPriority.Waiting, _stop.Token);
            _rendering = start.Rendering;
            answer = start.Admission;
            return answer;
        }
        catch (RenderException fault)
        {
            return answer = SpeechAdmissions.FromFault(fault);
        }
        finally
        {
            if (_rendering is { } rendering)
            {
                // Off the activation's scheduler: encoding computes.
                _producing = Task.Run(() => Produce(rendering));
                this.RegisterGrainTimer(CheckClient, CheckTimer);
            }
            else
            {
                // A refused request keeps nothing, so that the same id may be started again.
                End(SpeechStatus.Failed, answer?.Reason);
                DeactivateOnIdle();
            }
        }
    }

    private async Task Produce(ISpeechRendering rendering)
    {
        try
        {
            await using (rendering)
            {
                _ = rendering.Started.ContinueWith(_ => MoveTo(SpeechStatus.Processing), TaskScheduler.Default);
                await foreach (var chunk in rendering.Read(_stop.Token))
                {
                    await _audio.Append(chunk);
                    if (_streamed && _audio.Bytes > 0) _readable.TrySetResult();
                }

                // Before the worker is told to forget the work, so that the client does not wait for that.
                End(SpeechStatus.Completed, null);
            }
        }
        catch (RenderException e)
        {
            _canSucceedLater = e.Passing;
            _badTranscript = e.BadTranscript;
            End(SpeechStatus.Failed, e.Message);
        }
        catch (TemporaryFileException e) when (e.NoSpace is not null)
        {
            Log.NoSpace(logger, e, Id);
            End(SpeechStatus.Failed, e.NoSpace, noSpace: true);
        }
        catch (Exception e)
        {
            if (!_stop.IsCancellationRequested) Log.Failed(logger, e, Id);
            End(SpeechStatus.Failed, "The server could not finish the audio.");
        }
    }

    private SpeechSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new SpeechSnapshot
            {
                Status = _status,
                Error = _status == SpeechStatus.Failed ? _error : null,
                NoSpace = _noSpace,
                CanSucceedLater = _status == SpeechStatus.Failed && _canSucceedLater,
                BadTranscript = _badTranscript,
                ProcessedText = _rendering?.ProcessedText,
                AudioBytes = _audio.Bytes,
                InputTokens = _rendering?.InputTokens ?? 0,
                OutputTokens = _rendering?.OutputTokens ?? 0,
            };
        }
    }

    private void MoveTo(SpeechStatus status)
    {
        lock (_gate)
        {
            if (!Ended) _status = status;
        }
    }

    private void End(SpeechStatus status, string? error, bool noSpace = false)
    {
        lock (_gate)
        {
            if (Ended) return;
            _status = status;
            _error = error;
            _noSpace = noSpace;
        }

        _audio.End(status == SpeechStatus.Completed ? null : new InvalidOperationException(error ?? "The request ended without audio."));
        _readable.TrySetResult();
        if (status != SpeechStatus.Completed) _stop.Cancel();
    }

    private Task CheckClient()
    {
        if (Ended && (_released || _client.Silence >= ClientWatch.Keep)) DeactivateOnIdle();
        if (Ended || _client.Silence < ClientWatch.Gone) return Task.CompletedTask;
        Log.Abandoned(logger, Id);
        return Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "Request {Request} is stopped: its client has made no call for a minute.")]
        public static partial void Abandoned(ILogger logger, Guid request);

        [LoggerMessage(702, LogLevel.Error, "Request {Request} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid request);

        [LoggerMessage(703, LogLevel.Warning, "Request {Request} is stopped: there is no room for audio that its client has not read yet.")]
        public static partial void NoSpace(ILogger logger, Exception cause, Guid request);
    }
}
