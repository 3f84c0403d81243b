using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Scripts;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;

namespace DiaOrleans.Grains.Jobs;

/// <summary>A synchronous request. It is kept in memory alone: its client waits for it, and takes it along when it goes.</summary>
[PreferLocalPlacement, Reentrant, CollectionAgeLimit(Minutes = 2)]
internal sealed partial class JobGrain(TimeProvider time, ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private const int ChunkBytes = 128 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ModelWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ModelPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WorkerPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClientGone = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<JobAdmission>? _start;
    private JobSnapshot _now = new(JobStatus.Pending, null, null, null);
    private byte[] _audio = [];
    private IGpuWorkerGrain? _worker;
    private long _lastAsked;

    public Task<JobAdmission> Start(SpeechRequest request) => _start ??= StartOnce(request);

    public async Task<JobSnapshot> Wait(TimeSpan upTo)
    {
        _lastAsked = time.GetTimestamp();
        try
        {
            await _ended.Task.WaitAsync(upTo < LongestWait ? upTo : LongestWait, time);
        }
        catch (TimeoutException)
        {
            // Not yet: the client asks again.
        }

        return _now;
    }

    public async IAsyncEnumerable<byte[]> ReadAudio([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var chunk in _audio.Chunk(ChunkBytes))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return chunk;
        }

        await Task.CompletedTask;
    }

    public async Task Cancel()
    {
        if (!End(new JobSnapshot(JobStatus.Cancelled, _now.ProcessedText, null, null))) return;
        if (_worker is not null) await _worker.Release(this.GetPrimaryKey());
    }

    private async Task<JobAdmission> StartOnce(SpeechRequest request)
    {
        _lastAsked = time.GetTimestamp();
        if (ScriptText.Clean(request.Text).Length == 0) return new JobAdmission { Outcome = AdmissionOutcome.Rejected, Reason = "Text cannot be empty" };
        if (await GrainFactory.GetGrain<IVoiceGrain>(request.VoiceId).Get() is not { } voice)
        {
            var known = await GrainFactory.GetGrain<IVoiceCatalogGrain>(0).ListIds();
            return new JobAdmission { Outcome = AdmissionOutcome.VoiceNotFound, AvailableVoices = known };
        }

        if (voice.AudioPrompt is not null) Log.PromptLeftOut(logger, request.VoiceId);
        var seed = request.Seed is { } given and not -1 ? given : BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        return await Place(request, voice, await ReadyWorkers(), seed);
    }

    private async Task<JobAdmission> Place(SpeechRequest request, VoiceSettings voice, IReadOnlyList<WorkerStatus> workers, long seed)
    {
        WorkAdmission? refusal = null;
        foreach (var status in workers)
        {
            var plan = SpeechPlan.Make(this.GetPrimaryKey(), request, voice, status.Model!, seed);
            if (plan.Work is not { } work) return new JobAdmission { Outcome = AdmissionOutcome.Rejected, Reason = plan.Refusal };
            var worker = GrainFactory.GetGrain<IGpuWorkerGrain>(status.Key);
            var answer = await worker.Submit(work);
            if (answer.Outcome == WorkOutcome.Accepted)
            {
                Follow(worker, work, request.SampleRate ?? SpeechEncoder.DefaultRate);
                return new JobAdmission { Outcome = AdmissionOutcome.Accepted };
            }

            if (refusal is null || answer.Outcome == WorkOutcome.Busy) refusal = answer;
        }

        return new JobAdmission
        {
            Outcome = refusal?.Outcome switch
            {
                WorkOutcome.Busy => AdmissionOutcome.Busy,
                WorkOutcome.Rejected => AdmissionOutcome.Rejected,
                _ => AdmissionOutcome.Unavailable,
            },
            Reason = refusal?.Reason,
            RetryAfter = refusal?.RetryAfter,
        };
    }

    /// <summary>Ready workers; while a model loads, waits for it.</summary>
    private async Task<IReadOnlyList<WorkerStatus>> ReadyWorkers()
    {
        var directory = GrainFactory.GetGrain<IWorkerDirectoryGrain>(0);
        var started = time.GetTimestamp();
        while (true)
        {
            var workers = await directory.List();
            var ready = WorkerChoice.Ready(workers);
            if (ready.Count > 0 || !WorkerChoice.WorthWaiting(workers) || time.GetElapsedTime(started) > ModelWait) return ready;
            await Task.Delay(ModelPoll, time);
        }
    }

    private void Follow(IGpuWorkerGrain worker, SpeechWork work, int sampleRate)
    {
        (_worker, _now) = (worker, new JobSnapshot(JobStatus.Pending, work.Text, null, null));
        _ = FollowToTheEnd(worker, work, sampleRate);
    }

    private async Task FollowToTheEnd(IGpuWorkerGrain worker, SpeechWork work, int sampleRate)
    {
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                DelayDeactivation(KeepAlive);
                var progress = await worker.Wait(work.Id, WorkerPoll);
                await Take(worker, work, progress, sampleRate);
                if (time.GetElapsedTime(_lastAsked) > ClientGone) await Cancel();
            }
        }
        catch (Exception cause)
        {
            Log.Failed(logger, work.Id, cause);
            Fail("The request could not be finished; the server's log says why.");
        }
    }

    private async Task Take(IGpuWorkerGrain worker, SpeechWork work, WorkProgress progress, int sampleRate)
    {
        switch (progress.State)
        {
            case WorkState.Running when _now.Status == JobStatus.Pending:
                _now = _now with { Status = JobStatus.Processing };
                break;
            case WorkState.Completed when progress.Samples == 0:
                Fail("The model had nothing to say. Try another seed or a longer text.");
                await worker.Release(work.Id);
                break;
            case WorkState.Completed:
                _audio = await Encode(worker, work.Id, progress, sampleRate);
                End(new JobSnapshot(JobStatus.Completed, work.Text, _audio.Length, null));
                await worker.Release(work.Id);
                break;
            case WorkState.Failed:
                Fail(progress.Error!);
                await worker.Release(work.Id);
                break;
            case WorkState.Unknown:
                Fail("The worker that had the request is gone. Send it again.");
                break;
        }
    }

    private static async Task<byte[]> Encode(IGpuWorkerGrain worker, Guid id, WorkProgress progress, int sampleRate)
    {
        var samples = new float[progress.Samples];
        var at = 0;
        await foreach (var chunk in worker.Read(id))
        {
            chunk.CopyTo(samples, at);
            at += chunk.Length;
        }

        return await Task.Run(() => SpeechEncoder.Encode(samples, progress.SampleRate, sampleRate));
    }

    private void Fail(string reason) => End(new JobSnapshot(JobStatus.Failed, _now.ProcessedText, null, reason));

    /// <summary>The first final state stays.</summary>
    private bool End(JobSnapshot final)
    {
        if (_ended.Task.IsCompleted) return false;
        _now = final;
        _ended.TrySetResult();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Request {Id} failed")]
        public static partial void Failed(ILogger logger, Guid id, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Voice {Voice} names an audio prompt that is not registered: it speaks without cloning")]
        public static partial void PromptLeftOut(ILogger logger, string voice);
    }
}
