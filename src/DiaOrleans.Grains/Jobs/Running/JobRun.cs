using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>One run of a job under one lease.</summary>
internal sealed partial class JobRun
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly JobLease _lease;
    private readonly JobRunServices _services;
    private readonly IJobGrain _job;
    private readonly StorageRetry _writes;
    private readonly RunKeeping _keeping;
    private readonly RunEnd _end;
    private readonly TaskCompletionSource _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task _begun = Task.CompletedTask;

    /// <param name="lease">The lease.</param>
    /// <param name="services">What runs use.</param>
    public JobRun(JobLease lease, JobRunServices services)
    {
        _lease = lease;
        _services = services;
        _job = services.Job(lease);
        _writes = new StorageRetry(lease.JobId, services.RetryLimit, services.Time, services.Logger);
        _keeping = new RunKeeping(lease, services, _writes);
        _end = new RunEnd(lease, services, _writes);
    }

    /// <summary>Ends when the workers have admitted the job. Never ends if they refuse it or the run ends before.</summary>
    public Task Admitted => _admitted.Task;

    /// <summary>Runs the job to its end, or releases it.</summary>
    public async Task<RunResult> Execute(CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _services.Leases.Hold(_lease, stop);
        try
        {
            var claim = await _job.Claim(_lease.Token);
            if (claim.Assignment is { } assignment) return await RunUnderLease(assignment, stop, stopping);
            if (claim.HasEnded) return await _end.LeaveQueue();
            await _end.GiveBackOutdated(claim.NewestToken);
            return RunResult.Stopped;
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            // The job is not released: until its lease expires other jobs are run, even if this one cannot be read.
            return RunResult.Faulted(e);
        }
        finally
        {
            _services.Leases.Drop(_lease);
        }
    }

    private async Task<RunResult> RunUnderLease(JobAssignment assignment, CancellationTokenSource stop, CancellationToken serverStops)
    {
        _keeping.FindsNothing = assignment.IsUnmade;
        var watching = new RunWatch(_lease, _job, _services.Time).WaitForEnd(stop);
        try
        {
            return await RenderOrFail(assignment.Request, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested)
        {
            // The job was cancelled or leased again, or the server stops. In the first two cases releasing has no effect.
            if (e is not OperationCanceledException) Log.Stopped(_services.Logger, e, _lease.JobId);
            if (serverStops.IsCancellationRequested) await _end.KeepMade();
            await _end.GiveBack(fault: null);
            return RunResult.Stopped;
        }
        catch (Exception e) when (RunEnd.IsTransient(e))
        {
            var fault = new RunFault(_writes.FailingFor, _keeping.HasKept);
            return await _end.GiveBack(fault) ? RunResult.Done : RunResult.Faulted(e);
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
        catch (RenderException e) when (!stop.IsCancellationRequested && !RunEnd.IsTransient(e))
        {
            return await _end.Fail(e.Message, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && !RunEnd.IsTransient(e))
        {
            Log.Failed(_services.Logger, e, _lease.JobId);
            return await _end.Fail("The server could not make the audio; its log says why.", stop);
        }
    }

    private async Task<RunResult> Render(SpeechRequest request, CancellationToken stop)
    {
        var start = await _services.Renderer.Start(_lease.JobId, request, WorkPriority.Background, stop, _keeping);
        if (start.Rendering is not { } rendering) return await EndRefused(start.Admission, request.VoiceId, stop);
        _admitted.SetResult();
        try
        {
            var audio = await ReportStartAndRead(rendering, stop);
            return await _end.Publish(audio, request.Format, Task.WhenAll(_begun, _keeping.Later), stop);
        }
        finally
        {
            // The job is not given back before its start is stored.
            await _begun.WaitUpTo(Timeout.InfiniteTimeSpan, _services.Time);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReportStartAndRead(ISpeechRendering rendering, CancellationToken stop)
    {
        try
        {
            await using (rendering)
            {
                using var reporting = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var read = ReadAll(rendering, stop);
                await Task.WhenAny(rendering.Started, read);
                if (read.IsFaulted || read.IsCanceled) return await read;
                _begun = _end.Begin(new JobStart(rendering.WorkerName, rendering.ProcessedText, rendering.AudioPromptUsed), stop);
                return await ReportUntilRead(rendering, read, reporting);
            }
        }
        finally
        {
            await _keeping.Ended;
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReportUntilRead(
        ISpeechRendering rendering,
        Task<IReadOnlyList<ReadOnlyMemory<byte>>> read,
        CancellationTokenSource reporting)
    {
        var watch = new RunWatch(_lease, _job, _services.Time);
        var reports = watch.Report(rendering, reporting.Token);
        try
        {
            return await read;
        }
        finally
        {
            // Not the token of the reading: what it stores meanwhile goes on behind the last audio.
            await reporting.CancelAsync();
            await reports;
            // A run that is broken off leaves what it has made to the next one.
            if (!read.IsCompletedSuccessfully) await watch.ReportOnce(rendering, _begun);
        }
    }

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAll(ISpeechRendering rendering, CancellationToken stop)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        await foreach (var piece in rendering.Read(stop)) pieces.Add(piece);
        return pieces;
    }

    private async Task<RunResult> EndRefused(SpeechAdmission admission, string voice, CancellationToken stop)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                return await _end.Fail(UnknownVoice.Sentence(voice, admission), stop);
            case AdmissionOutcome.Rejected:
                return await _end.Fail(admission.Reason!, stop);
            default:
                await _end.GiveBack(fault: null);
                return RunResult.Busy(admission.RetryAfter is { } wait && wait < LongestPause ? wait : LongestPause);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(204, LogLevel.Error, "Job {Job} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(206, LogLevel.Debug, "A run of job {Job} was stopped.")]
        public static partial void Stopped(ILogger logger, Exception cause, Guid job);
    }
}
