using System.Buffers;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Voices;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>One attempt at a job, under one lease.</summary>
internal sealed partial class JobRun(JobLease lease, string worker, IGrainFactory grains, ISpeechRenderer renderer, IBlobStore blobs, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly IJobGrain _job = grains.GetGrain<IJobGrain>(lease.JobId);
    private readonly IJobQueueGrain _queue = grains.GetGrain<IJobQueueGrain>(0);
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the workers have the job. It may be refused instead, or end before: then this never ends.</summary>
    public Task Admitted => _admitted.Task;

    /// <summary>Runs the job to its end, or gives it back. Returns how long to take no other job.</summary>
    public async Task<TimeSpan> Execute(CancellationToken stopping)
    {
        try
        {
            if (await _job.Claim(lease.Token) is { } order) return await Attempt(order.Request, stopping);
            await _queue.Done(lease);
            return TimeSpan.Zero;
        }
        catch (Exception e) when (IsPassing(e))
        {
            Log.NotStored(logger, e, lease.JobId);
            return AfterTrouble;
        }
    }

    private static bool IsPassing(Exception e) => e is OrleansException or TimeoutException or IOException or RenderException { Passing: true };

    private async Task<TimeSpan> Attempt(SpeechRequest request, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watching = new LeaseWatch(lease, _job, _queue, time).Run(stop);
        try
        {
            return await Render(request, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested)
        {
            // Cancelled, overtaken, or the server stops; in the first two cases there is no lease to give back.
            if (e is not OperationCanceledException) Log.Stopped(logger, e, lease.JobId);
            await _queue.Release(lease);
            return TimeSpan.Zero;
        }
        catch (Exception e) when (IsPassing(e))
        {
            Log.GivenBack(logger, e, lease.JobId);
            await _queue.Release(lease);
            return AfterTrouble;
        }
        catch (Exception e)
        {
            if (e is not RenderException) Log.Failed(logger, e, lease.JobId);
            return await Fail(e is RenderException ? e.Message : "The server could not make the audio; its log says why.");
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    private async Task<TimeSpan> Render(SpeechRequest request, CancellationToken stop)
    {
        var start = await renderer.Start(lease.JobId, request, WorkPriority.Background, stop);
        if (start.Rendering is not { } rendering) return await Refused(start.Admission, request.VoiceId);
        _admitted.SetResult();
        await using (rendering)
        {
            var reading = ReadAll(rendering, stop);
            await Task.WhenAny(rendering.Started, reading);
            if (!reading.IsFaulted && !reading.IsCanceled) await _job.Begin(lease.Token, new JobStart(worker, rendering.ProcessedText, rendering.AudioPromptUsed));
            await Publish(await reading, request.Format, stop);
        }

        await _queue.Done(lease);
        return TimeSpan.Zero;
    }

    private async Task Publish(ReadOnlyMemory<byte> audio, string format, CancellationToken stop)
    {
        var key = JobResults.KeyOf(lease, format);
        await blobs.Write(key, audio, stop);
        if (!await _job.Complete(lease.Token, new JobResult(key, audio.Length))) await blobs.Delete(key, CancellationToken.None);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAll(ISpeechRendering rendering, CancellationToken stop)
    {
        var audio = new ArrayBufferWriter<byte>();
        await foreach (var chunk in rendering.Read(stop)) audio.Write(chunk.Span);
        return audio.WrittenMemory;
    }

    private async Task<TimeSpan> Refused(SpeechAdmission admission, string voice)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                return await Fail(UnknownVoice.Sentence(voice, admission.AvailableVoices));
            case AdmissionOutcome.Rejected:
                return await Fail(admission.Reason!);
            default:
                await _queue.Release(lease);
                return admission.RetryAfter is { } wait && wait < LongestPause ? wait : LongestPause;
        }
    }

    private async Task<TimeSpan> Fail(string error)
    {
        await _job.Fail(lease.Token, error);
        await _queue.Done(lease);
        return TimeSpan.Zero;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Job {Job} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(2, LogLevel.Warning, "Job {Job} is given back and tried again.")]
        public static partial void GivenBack(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(3, LogLevel.Warning, "What became of job {Job} could not be stored; its lease runs out and it is tried again.")]
        public static partial void NotStored(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(4, LogLevel.Debug, "Job {Job} was stopped.")]
        public static partial void Stopped(ILogger logger, Exception cause, Guid job);
    }
}
