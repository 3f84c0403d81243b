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
/// One run of a job under one lease. Once rendering has begun, a failing store or disk does not end the run: it keeps its audio, renews
/// its lease and writes again until the write succeeds, the job is cancelled or leased again, or the server stops.
/// </summary>
/// <param name="lease">The right to run the job.</param>
/// <param name="grains">Calls the job and the queue.</param>
/// <param name="renderer">Makes the audio.</param>
/// <param name="blobs">Receives the audio.</param>
/// <param name="time">Clock of renewals and pauses.</param>
/// <param name="logger">Logger of the runner.</param>
internal sealed partial class JobRun(
    JobLease lease,
    IGrainFactory grains,
    ISpeechRenderer renderer,
    IBlobStore blobs,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IJobGrain _job = grains.GetGrain<IJobGrain>(lease.JobId);
    private readonly IJobQueueGrain _queue = grains.GetGrain<IJobQueueGrain>(0);
    private readonly StorageRetry _writes = new(lease.JobId, time, logger);
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the workers have admitted the job. Never ends if they refuse it or the run ends before.</summary>
    public Task Admitted => _admitted.Task;

    /// <summary>Runs the job to its end, or releases it.</summary>
    public async Task<RunResult> Execute(CancellationToken stopping)
    {
        try
        {
            if (await _job.Claim(lease.Token) is { } assignment) return await RunUnderLease(assignment.Request, stopping);
            await _queue.Complete(lease);
            return RunResult.Done;
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            // The job is not released: until its lease expires other jobs are run, even if this one cannot be read.
            return RunResult.Faulted(e);
        }
    }

    private static bool IsTransient(Exception e) => StorageRetry.IsTransient(e) || e is RenderException { Passing: true };

    private async Task<RunResult> RunUnderLease(SpeechRequest request, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var monitoring = new LeaseMonitor(lease, _job, _queue, time).Run(stop);
        try
        {
            return await RenderOrFail(request, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested)
        {
            // The job was cancelled or leased again, or the server stops. In the first two cases releasing has no effect.
            if (e is not OperationCanceledException) Log.Stopped(logger, e, lease.JobId);
            await Release();
            return RunResult.Stopped;
        }
        catch (Exception e) when (IsTransient(e))
        {
            await Release();
            return RunResult.Faulted(e);
        }
        finally
        {
            await stop.CancelAsync();
            await monitoring;
        }
    }

    private async Task<RunResult> RenderOrFail(SpeechRequest request, CancellationToken stop)
    {
        try
        {
            return await Render(request, stop);
        }
        catch (RenderException e) when (!stop.IsCancellationRequested && !IsTransient(e))
        {
            return await Fail(e.Message, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && !IsTransient(e))
        {
            Log.Failed(logger, e, lease.JobId);
            return await Fail("The server could not make the audio; its log says why.", stop);
        }
    }

    private async Task<RunResult> Render(SpeechRequest request, CancellationToken stop)
    {
        var start = await renderer.Start(lease.JobId, request, WorkPriority.Background, stop);
        if (start.Rendering is not { } rendering) return await EndRefused(start.Admission, request.VoiceId, stop);
        _admitted.SetResult();
        IReadOnlyList<ReadOnlyMemory<byte>> audio;
        await using (rendering) audio = await ReportStartAndRead(rendering, stop);
        await Publish(audio, request.Format, stop);
        await _queue.Complete(lease);
        return RunResult.Done;
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReportStartAndRead(ISpeechRendering rendering, CancellationToken stop)
    {
        var reading = ReadAll(rendering, stop);
        await Task.WhenAny(rendering.Started, reading);
        if (!reading.IsFaulted && !reading.IsCanceled)
        {
            var start = new JobStart(rendering.WorkerName, rendering.ProcessedText, rendering.AudioPromptUsed);
            await _writes.Execute("The start", () => _job.Begin(lease.Token, start), stop);
        }

        return await reading;
    }

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAll(ISpeechRendering rendering, CancellationToken stop)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        await foreach (var piece in rendering.Read(stop)) pieces.Add(piece);
        return pieces;
    }

    /// <summary>Writes the audio, then completes the job. Deletes the audio if the job has ended or another lease holds it.</summary>
    private async Task Publish(IReadOnlyList<ReadOnlyMemory<byte>> audio, string format, CancellationToken stop)
    {
        var result = new JobResult(JobResults.GetKey(lease, format), audio.Sum(piece => (long)piece.Length));
        await _writes.Execute("The audio", () => blobs.Write(result.Key, audio, stop), stop);
        var completed = await _writes.Execute("The end", () => _job.Complete(lease.Token, result), stop);
        if (!completed) await TryOnce(() => blobs.Delete(result.Key, CancellationToken.None));
    }

    private async Task<RunResult> EndRefused(SpeechAdmission admission, string voice, CancellationToken stop)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                return await Fail(UnknownVoice.Sentence(voice, admission.AvailableVoices), stop);
            case AdmissionOutcome.Rejected:
                return await Fail(admission.Reason!, stop);
            default:
                await Release();
                return RunResult.Busy(admission.RetryAfter is { } wait && wait < LongestPause ? wait : LongestPause);
        }
    }

    private async Task<RunResult> Fail(string error, CancellationToken stop)
    {
        await _writes.Execute("The end", () => _job.Fail(lease.Token, error), stop);
        await _queue.Complete(lease);
        return RunResult.Done;
    }

    /// <summary>Takes the counted start back and ends the lease. If a call fails, the lease expires instead.</summary>
    private async Task Release()
    {
        await TryOnce(() => _job.Release(lease.Token));
        await TryOnce(() => _queue.Release(lease));
    }

    private async Task TryOnce(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (IsTransient(e))
        {
            Log.NotStored(logger, e, lease.JobId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(204, LogLevel.Error, "Job {Job} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(205, LogLevel.Debug, "The end of a run of job {Job} is not stored: its lease expires or a cleanup follows.")]
        public static partial void NotStored(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(206, LogLevel.Debug, "A run of job {Job} was stopped.")]
        public static partial void Stopped(ILogger logger, Exception cause, Guid job);
    }
}
