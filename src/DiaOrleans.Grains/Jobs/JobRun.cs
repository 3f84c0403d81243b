using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// One attempt at a job, under one lease. Once its rendering has begun, a store or a disk that fails does not end it: it holds its audio, renews its lease and writes
/// again until that works, the job is cancelled or overtaken, or the server stops.
/// </summary>
internal sealed partial class JobRun(JobLease lease, IGrainFactory grains, ISpeechRenderer renderer, IBlobStore blobs, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IJobGrain _job = grains.GetGrain<IJobGrain>(lease.JobId);
    private readonly IJobQueueGrain _queue = grains.GetGrain<IJobQueueGrain>(0);
    private readonly StorageRetry _writes = new(lease.JobId, time, logger);
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the workers have the job. It may be refused instead, or end before: then this never ends.</summary>
    public Task Admitted => _admitted.Task;

    /// <summary>Runs the job to its end, or gives it back.</summary>
    public async Task<RunResult> Execute(CancellationToken stopping)
    {
        try
        {
            if (await _job.Claim(lease.Token) is { } order) return await Attempt(order.Request, stopping);
            await _queue.Done(lease);
            return RunResult.Done;
        }
        catch (Exception e) when (StorageRetry.IsPassing(e))
        {
            // The lease runs out. Until then others go on, also where this one job cannot be read.
            return RunResult.Troubled(e);
        }
    }

    private static bool IsPassing(Exception e) => StorageRetry.IsPassing(e) || e is RenderException { Passing: true };

    private async Task<RunResult> Attempt(SpeechRequest request, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watching = new LeaseWatch(lease, _job, _queue, time).Run(stop);
        try
        {
            return await RenderOrFail(request, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested)
        {
            // Cancelled, overtaken, or the server stops; in the first two cases there is no lease to give back.
            if (e is not OperationCanceledException) Log.Stopped(logger, e, lease.JobId);
            await GiveBack();
            return RunResult.Stopped;
        }
        catch (Exception e) when (IsPassing(e))
        {
            await GiveBack();
            return RunResult.Troubled(e);
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    private async Task<RunResult> RenderOrFail(SpeechRequest request, CancellationToken stop)
    {
        try
        {
            return await Render(request, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && !IsPassing(e))
        {
            if (e is not RenderException) Log.Failed(logger, e, lease.JobId);
            return await Fail(e is RenderException ? e.Message : "The server could not make the audio; its log says why.", stop);
        }
    }

    private async Task<RunResult> Render(SpeechRequest request, CancellationToken stop)
    {
        var start = await renderer.Start(lease.JobId, request, WorkPriority.Background, stop);
        if (start.Rendering is not { } rendering) return await Refused(start.Admission, request.VoiceId, stop);
        _admitted.SetResult();
        IReadOnlyList<ReadOnlyMemory<byte>> audio;
        await using (rendering) audio = await Follow(rendering, stop);
        await Publish(audio, request.Format, stop);
        await _queue.Done(lease);
        return RunResult.Done;
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> Follow(ISpeechRendering rendering, CancellationToken stop)
    {
        var reading = ReadAll(rendering, stop);
        await Task.WhenAny(rendering.Started, reading);
        if (!reading.IsFaulted && !reading.IsCanceled)
        {
            var start = new JobStart(rendering.WorkerName, rendering.ProcessedText, rendering.AudioPromptUsed);
            await _writes.Until("The start", () => _job.Begin(lease.Token, start), stop);
        }

        return await reading;
    }

    private async Task Publish(IReadOnlyList<ReadOnlyMemory<byte>> audio, string format, CancellationToken stop)
    {
        var key = JobResults.KeyOf(lease, format);
        await _writes.Until("The audio", () => blobs.Write(key, audio, stop), stop);
        var completed = await _writes.Until("The end", () => _job.Complete(lease.Token, new JobResult(key, audio.Sum(piece => (long)piece.Length))), stop);
        if (!completed) await Try(() => blobs.Delete(key, CancellationToken.None));
    }

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAll(ISpeechRendering rendering, CancellationToken stop)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        await foreach (var piece in rendering.Read(stop)) pieces.Add(piece);
        return pieces;
    }

    private async Task<RunResult> Refused(SpeechAdmission admission, string voice, CancellationToken stop)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                return await Fail(UnknownVoice.Sentence(voice, admission.AvailableVoices), stop);
            case AdmissionOutcome.Rejected:
                return await Fail(admission.Reason!, stop);
            default:
                await GiveBack();
                return RunResult.Busy(admission.RetryAfter is { } wait && wait < LongestPause ? wait : LongestPause);
        }
    }

    private async Task<RunResult> Fail(string error, CancellationToken stop)
    {
        await _writes.Until("The end", () => _job.Fail(lease.Token, error), stop);
        await _queue.Done(lease);
        return RunResult.Done;
    }

    /// <summary>Says that the job was not at fault, so that this start does not count. Where nobody hears it the lease runs out.</summary>
    private async Task GiveBack()
    {
        await Try(() => _job.GiveBack(lease.Token));
        await Try(() => _queue.Release(lease));
    }

    private async Task Try(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (IsPassing(e))
        {
            Log.NotHeard(logger, e, lease.JobId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Job {Job} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(3, LogLevel.Debug, "What became of a run of job {Job} could not be stored; its lease runs out, or a clean-up finds it.")]
        public static partial void NotHeard(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(4, LogLevel.Debug, "Job {Job} was stopped.")]
        public static partial void Stopped(ILogger logger, Exception cause, Guid job);
    }
}
