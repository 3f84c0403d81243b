using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// A synchronous request, in memory: it lives near its client and no longer than it. A loop within the activation follows the work at the worker,
/// and a timer ends what no client asks about any more.
/// </summary>
[GrainType("dia.speech"), PreferLocalPlacement, Reentrant]
internal sealed partial class SpeechGrain(WorkDispatcher dispatcher, TimeProvider time, ILogger<SpeechGrain> logger) : Grain, ISpeechGrain
{
    private const int ChunkBytes = 256 * 1000;
    private const int ChunksPerMessage = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PendingWait = TimeSpan.FromSeconds(1);
    private static readonly GrainTimerCreationOptions LookPeriodically = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)) { Interleave = true, KeepAlive = true };

    private readonly ClientWatch _client = new(time);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<SpeechAdmission>? _admission;
    private Task _following = Task.CompletedTask;
    private SpeechSnapshot _now = new() { Status = SpeechStatus.Failed, Error = "No such request: it was not started here, or the time to fetch its audio is over." };
    private byte[] _audio = [];
    private bool _fetched;

    private Guid Id => this.GetPrimaryKey();

    private bool Ended => _ended.Task.IsCompleted;

    public Task<SpeechAdmission> Start(SpeechRequest request) => _admission ??= Admit(request);

    public async Task<SpeechSnapshot> Wait(TimeSpan upTo)
    {
        if (_admission is null) return _now;
        using var visit = _client.Enter();
        await _ended.Task.EndedOr(upTo < LongestWait ? upTo : LongestWait, time);
        return _now;
    }

    public async IAsyncEnumerable<byte[]> ReadAudio([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_now.Status != SpeechStatus.Completed) throw new InvalidOperationException($"Job {Id} has no audio: it is {_now.Status}.");
        using var visit = _client.Enter();
        for (var start = 0; start < _audio.Length; start += ChunkBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return _audio[start..Math.Min(start + ChunkBytes, _audio.Length)];
        }

        _fetched = true;
    }

    public Task Cancel()
    {
        End(_now with { Status = SpeechStatus.Cancelled });
        return _following;
    }

    /// <summary>On a silo that shuts down the worker's grain may be gone already, and its engine with it: waiting for it would hold up the silo.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var cancelled = Cancel();
        return reason.ReasonCode == DeactivationReasonCode.ShuttingDown ? Task.CompletedTask : cancelled;
    }

    private async Task<SpeechAdmission> Admit(SpeechRequest request)
    {
        using var visit = _client.Enter();
        _now = new SpeechSnapshot { Status = SpeechStatus.Pending };
        SpeechAdmission? answer = null;
        try
        {
            answer = await Decide(request);
            return answer;
        }
        finally
        {
            if (answer?.Outcome == AdmissionOutcome.Accepted) this.RegisterGrainTimer(LookForClient, LookPeriodically);
            else Leave(answer?.Reason);
        }
    }

    /// <summary>A refused job keeps nothing: the same id may try again.</summary>
    private void Leave(string? reason)
    {
        Fail(reason);
        DeactivateOnIdle();
    }

    private async Task<SpeechAdmission> Decide(SpeechRequest request)
    {
        if (ScriptText.Clean(request.Text) is not { Length: > 0 } cleaned) return Admissions.Rejected("Text cannot be empty");
        if (SpeechPlan.Unservable(request) is { } reason) return Admissions.Rejected(reason);
        var voice = VoiceId.CanExist(request.VoiceId) ? await GrainFactory.GetGrain<IVoiceGrain>(request.VoiceId).Get() : null;
        if (voice is null) return Admissions.VoiceNotFound(await GrainFactory.GetGrain<IVoiceCatalogGrain>(0).ListIds());
        if (voice.AudioPrompt is { } prompt) Log.NotCloned(logger, request.VoiceId, prompt);
        var text = ScriptText.Tag(cleaned, voice.PrimarySpeaker);
        _now = _now with { ProcessedText = text };
        var (answer, worker) = await dispatcher.Dispatch(model => SpeechPlan.For(Id, request, text, model), _stop.Token);
        if (answer.Outcome == WorkOutcome.Accepted) _following = Follow(worker!, request.SampleRate ?? SpeechEncoder.DefaultRate);
        return Admissions.From(answer);
    }

    /// <summary>Runs beside the calls, on the activation's own scheduler, until the job has ended.</summary>
    private async Task Follow(IGpuWorkerGrain worker, int sampleRate)
    {
        try
        {
            var work = await AwaitEnd(worker);
            if (work is { State: WorkState.Completed, Samples: 0 }) Fail("The model had nothing to say. Try another seed or a longer text.");
            else if (work.State == WorkState.Completed) await Encode(worker, work, sampleRate);
            else Fail(work.Error ?? "The worker was restarted. Send the request again.");
        }
        catch (Exception e)
        {
            if (!Ended) Log.Failed(logger, e, Id);
            Fail("The worker does not answer. Send the request again.");
        }
        finally
        {
            await Release(worker);
        }
    }

    private async Task<WorkProgress> AwaitEnd(IGpuWorkerGrain worker)
    {
        while (true)
        {
            var progress = await worker.Wait(Id, _now.Status == SpeechStatus.Pending ? PendingWait : LongestWait).WaitAsync(_stop.Token);
            if (progress.State is not (WorkState.Waiting or WorkState.Running)) return progress;
            if (progress.State == WorkState.Running && !Ended) _now = _now with { Status = SpeechStatus.Processing };
        }
    }

    private async Task Encode(IGpuWorkerGrain worker, WorkProgress work, int sampleRate)
    {
        var samples = new List<float>(checked((int)work.Samples));
        await foreach (var chunk in worker.Read(Id, _stop.Token).WithBatchSize(ChunksPerMessage)) samples.AddRange(chunk);
        var audio = await Task.Run(() => SpeechEncoder.Encode([.. samples], work.SampleRate, sampleRate), _stop.Token);
        _audio = audio;
        End(_now with { Status = SpeechStatus.Completed, AudioBytes = audio.Length });
    }

    private async Task Release(IGpuWorkerGrain worker)
    {
        try
        {
            await worker.Release(Id);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.NotReleased(logger, e, Id);
        }
    }

    private void Fail(string? reason) => End(_now with { Status = SpeechStatus.Failed, Error = reason });

    private void End(SpeechSnapshot final)
    {
        if (Ended) return;
        _now = final;
        _ended.SetResult();
        _stop.Cancel();
    }

    private Task LookForClient()
    {
        if (Ended && (_fetched || _client.Silence >= ClientWatch.Keep)) DeactivateOnIdle();
        if (Ended || _client.Silence < ClientWatch.Gone) return Task.CompletedTask;
        Log.Abandoned(logger, Id);
        return Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Voice '{Voice}' names audio prompt '{Prompt}', which is not registered: generation goes on without cloning.")]
        public static partial void NotCloned(ILogger logger, string voice, string prompt);

        [LoggerMessage(2, LogLevel.Warning, "Job {Job} is stopped: its client has not asked about it for a minute.")]
        public static partial void Abandoned(ILogger logger, Guid job);

        [LoggerMessage(3, LogLevel.Error, "Job {Job} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(4, LogLevel.Debug, "The worker of job {Job} did not hear that it is over; it will forget it by itself.")]
        public static partial void NotReleased(ILogger logger, Exception cause, Guid job);
    }
}
