using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Streams;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// One job. <see cref="JobRecord"/> decides on a transition; the new record is stored before it is returned or reported. Interleaved
/// calls read the last stored record. The catalogue is told of each change afterwards; if that call fails, the catalogue reads the job at
/// its next list or activation.
/// </summary>
[GrainType("dia.job")]
internal sealed partial class JobGrain(
    [PersistentState("job", StateStorage.ProviderName)] IPersistentState<JobState> state,
    IBlobStore blobs,
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private readonly AsyncSignal _changed = new();
    private JobRecord? _stored;

    private Guid Id => this.GetPrimaryKey();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = state.State.Record;
        return Task.CompletedTask;
    }

    public async Task<Job> Submit(JobSubmission submission)
    {
        if (_stored is null) await Store(JobRecord.Submit(submission, time.GetUtcNow()));
        return _stored!.Job;
    }

    public Task<Job?> Get() => Task.FromResult(_stored?.Job is { } job && !job.IsExpired(time.GetUtcNow()) ? job : null);

    public async Task<JobAssignment?> Claim(long token)
    {
        if (_stored?.Claim(token, time.GetUtcNow()) is not { } claimed) return null;
        await Store(claimed);
        if (!claimed.Job.Status.IsFinal()) return claimed.ToAssignment();
        await Report(claimed.Job);
        return null;
    }

    public Task<bool> Begin(long token, JobStart start) => Apply(_stored?.Begin(token, start, time.GetUtcNow()));

    public async Task<bool> Complete(long token, JobResult result)
    {
        if (_stored?.Job is { Status: SpeechStatus.Completed } job && job.Result == result) return true;
        return await Apply(_stored?.Complete(token, result, time.GetUtcNow()));
    }

    public async Task<bool> Release(long token)
    {
        if (_stored?.Release(token) is not { } released) return false;
        await Store(released);
        return true;
    }

    public Task<bool> Fail(long token, string error) => Apply(_stored?.Fail(token, error, time.GetUtcNow()));

    public async Task<JobCancellation?> Cancel()
    {
        if (await Get() is null) return null;
        var cancelled = await Apply(_stored!.Cancel(time.GetUtcNow()));
        if (cancelled) await LeaveQueue();
        return new JobCancellation(cancelled, _stored!.Job.Status);
    }

    public async Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default)
    {
        var limit = LongPoll.Limit(upTo);
        for (var start = time.GetTimestamp(); ;)
        {
            var change = _changed.Next;
            if (_stored?.MustStop(token) ?? true) return true;
            var left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || cancellation.IsCancellationRequested) return false;
            await change.WaitUpTo(left, time, cancellation);
        }
    }

    public async Task<bool> Delete()
    {
        if (_stored is not { } record) return true;
        if (!record.Job.Status.IsFinal()) return false;
        if (record.Job.Result is { } result) await blobs.Delete(result.Key);
        await state.ClearOrDeactivate(this);
        Publish(null);
        return true;
    }

    /// <summary>Stores and reports a transition; false if it was refused.</summary>
    private async Task<bool> Apply(JobRecord? next)
    {
        if (next is null) return false;
        await Store(next);
        await Report(next.Job);
        return true;
    }

    private async Task Store(JobRecord next)
    {
        state.State.Record = next;
        await state.WriteOrDeactivate(this);
        Publish(next);
    }

    /// <summary>Shows the stored record to calls and wakes those that wait for a change.</summary>
    private void Publish(JobRecord? stored)
    {
        _stored = stored;
        _changed.Raise();
    }

    private async Task LeaveQueue()
    {
        try
        {
            await GrainFactory.GetGrain<IJobQueueGrain>(0).Remove(Id);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.StillQueued(logger, e, Id);
        }
    }

    private async Task Report(Job job)
    {
        try
        {
            await GrainFactory.GetGrain<IJobCatalogGrain>(0).Report(Id, job.Status, job.CompletedAt);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.NotReported(logger, e, Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(202, LogLevel.Warning, "The catalogue was not told of a change of job {Job}; it reads the job later.")]
        public static partial void NotReported(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(203, LogLevel.Warning, "The cancelled job {Job} is still in the queue; the runner that takes it removes it.")]
        public static partial void StillQueued(ILogger logger, Exception cause, Guid job);
    }
}
