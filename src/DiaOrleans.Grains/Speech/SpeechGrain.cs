using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Placing;
using DiaOrleans.Grains.Rendering;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// A request in memory, on the silo of its client. It is a stateless worker, one activation an id, in no grain directory, so that no other
/// silo is asked for it, and no other silo's end deactivates it. Its audio is made outside the activation's turns, and its client reads it
/// without calls of the grain (<see cref="SpeechSessions"/>); a timer ends a request whose client asks no more.
/// </summary>
[GrainType("dia.speech"), StatelessWorker(1, removeIdleWorkers: false), GrainDirectory(NoDirectory.Name), Reentrant]
internal sealed partial class SpeechGrain(
    ISpeechRenderer renderer,
    SpeechSessions sessions,
    ILogger<SpeechGrain> logger) : Grain, ISpeechGrain
{
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);
    private static readonly GrainTimerCreationOptions CheckTimer = new(CheckPeriod, CheckPeriod) { Interleave = true, KeepAlive = true };

    private SpeechSession _session = null!;
    private Task<SpeechAdmission>? _admission;

    private Guid Id => this.GetPrimaryKey();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _session = sessions.Create(Id);
        return Task.CompletedTask;
    }

    public Task<SpeechAdmission> Start(SpeechRequest request) => _admission ??= Admit(request);

    public Task<SpeechSnapshot> Wait(TimeSpan upTo) => _session.Wait(upTo);

    public Task<SpeechAudio> Read(long position) => _session.Read(position);

    public Task Cancel() => _session.Cancel();

    /// <summary>
    /// Does not wait for the end of the work if the silo shuts down: the worker's grain and its engine may have stopped before.
    /// </summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        sessions.Remove(Id, _session);
        var cancelled = _session.Cancel();
        return reason.ReasonCode == DeactivationReasonCode.ShuttingDown ? Task.CompletedTask : cancelled;
    }

    private async Task<SpeechAdmission> Admit(SpeechRequest request)
    {
        using var visit = _session.Enter();
        _session.Begin(request.Streamed);
        RenderStart? start = null;
        SpeechAdmission? answer = null;
        try
        {
            var priority = request.Streamed ? WorkPriority.Live : WorkPriority.Waiting;
            start = await renderer.Start(Id, request, priority, _session.Stop);
            return answer = start.Admission;
        }
        catch (RenderException fault)
        {
            return answer = SpeechAdmissions.FromFault(fault);
        }
        finally
        {
            if (start?.Rendering is { } rendering)
            {
                _session.Produce(rendering);
                this.RegisterGrainTimer(CheckClient, CheckTimer);
            }
            else
            {
                // A refused request keeps nothing, so that the same id may be started again.
                _session.Refuse(answer?.Reason);
                DeactivateOnIdle();
            }
        }
    }

    private Task CheckClient()
    {
        if (_session.Ended && (_session.IsReleased || _session.Silence >= ClientWatch.Keep)) DeactivateOnIdle();
        if (_session.Ended || _session.Silence < ClientWatch.Gone) return Task.CompletedTask;
        Log.Abandoned(logger, Id);
        return _session.Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Warning, "Request {Request} is stopped: its client has made no call for a minute.")]
        public static partial void Abandoned(ILogger logger, Guid request);
    }
}
