using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs.Segments;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// One job. <see cref="JobRecord"/> decides on a transition; the new record is stored before it is shown or returned. Interleaved calls
/// read the last stored record. An end is entered in the catalogue before the call that made it returns; if that fails, so does the call,
/// and its repetition, or the next claim, enters it.
/// </summary>
[GrainType("dia.job")]
internal sealed partial class JobGrain(
    [PersistentState(JobStateRow.Name, StateStorage.ProviderName)] IPersistentState<JobState> state,
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    IClusterMembershipService membership,
    IBlobStore blobs,
    JobOptions options,
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private readonly JobChanges _changes = new(time);
    private JobStateRow _row = null!;
    private JobSegments _segments = null!;
    private JobRecord? _stored;
    private bool _isListed;

    private Guid Id => this.GetPrimaryKey();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _row = new JobStateRow(state, storage, membership, this.GetGrainId());
        _stored = state.State.Record;
        _segments = new JobSegments(storage, Id, mayHaveRows: _stored is { Token: > 0 });
        _changes.Begin(_stored?.Job);
        return Task.CompletedTask;
    }

    public async Task<StoredJob> Submit(JobSubmission submission)
    {
        await RequireCurrent();
        if (state.State.Trace == JobTrace.Abandoned) return StoredJob.Abandoned;
        if (state.State.Trace == JobTrace.Deleted) return StoredJob.Ended;
        if (_stored is null) await Store(JobRecord.Submit(submission, time.GetUtcNow()));
        return _stored!.Job.Status.IsFinal() ? StoredJob.Ended : StoredJob.Unfinished;
    }

    public async Task<bool> WasStored()
    {
        await RequireCurrent();
        return _stored is not null || state.State.Trace == JobTrace.Deleted;
    }

    public async Task<Job?> Get()
    {
        await RequireCurrent();
        return _stored is { } record && !record.Job.IsExpired(time.GetUtcNow()) ? _changes.Show(record) : null;
    }

    public async Task<JobRevision?> Watch(long known, TimeSpan upTo, CancellationToken cancellation = default)
    {
        await RequireCurrent();
        await _changes.Wait(() => _stored is null || _changes.Revision > known, upTo, cancellation);
        return await Get() is { } job ? new JobRevision(job, _changes.Revision) : null;
    }

    public async Task<JobClaim> Claim(long token)
    {
        await RequireCurrent();
        if (_stored is null) await Abandon();
        else if (_stored.Claim(token, time.GetUtcNow()) is { } claimed) await Store(claimed);
        if (_stored is not { } record) return new JobClaim(null, HasEnded: true, token);
        if (!record.Job.Status.IsFinal())
            return new JobClaim(record.Token == token ? record.ToAssignment() : null, HasEnded: false, record.Token);
        await List(record.ToEnded());
        return new JobClaim(null, HasEnded: true, record.Token);
    }

    public async Task<bool> Begin(long token, JobStart start)
    {
        if (_stored?.Begin(token, start, time.GetUtcNow()) is not { } begun) return false;
        await Store(begun);
        return true;
    }

    public Task<int> Report(long token, RunReport report)
    {
        if (_stored is not { Job.Status: SpeechStatus.Processing } record || record.Token != token) return Task.FromResult(0);
        _changes.Report(report.Progress);
        return Task.FromResult(report.Codes is { } codes ? _segments.Append(codes) : 0);
    }

    public async Task<bool> KeepSegment(long token, int segment, SegmentCodes codes)
    {
        await RequireCurrent();
        return _stored?.MayMove(token) == true && await _segments.Keep(segment, codes);
    }

    public Task<SegmentCodes?> FindSegment(int segment) => _segments.Find(segment);

    public async Task<bool> Complete(long token, JobResult result)
    {
        var isRepeated = _stored?.Job is { Status: SpeechStatus.Completed } job && job.Result == result;
        return await End(_stored?.Complete(token, result, time.GetUtcNow()), isRepeated);
    }

    public async Task<bool> Fail(long token, string error)
    {
        var isRepeated = _stored is { Job.Status: SpeechStatus.Failed } record && record.Token == token && record.Job.Error == error;
        return await End(_stored?.Fail(token, error, time.GetUtcNow()), isRepeated);
    }

    public async Task<JobRelease> Release(long token, RunFault? fault)
    {
        if (_stored?.Release(token, fault, options.RetryLimit, time.GetUtcNow()) is { } released) await Store(released);
        if (_stored is not { } record) return new JobRelease(HasEnded: false, TimeSpan.Zero);
        if (record.Job.Status.IsFinal()) await List(record.ToEnded());
        return new JobRelease(record.Job.Status.IsFinal(), fault is not null ? record.PauseAfterFault() : TimeSpan.Zero);
    }

    public async Task<JobCancellation?> Cancel()
    {
        if (await Get() is null) return null;
        var cancelled = await End(_stored!.Cancel(time.GetUtcNow()), isRepeated: false);
        if (cancelled) await LeaveQueue(_stored.Queue ?? JobShards.QueueKey(0));
        return new JobCancellation(cancelled, _stored!.Job.Status);
    }

    public async Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default)
    {
        await RequireCurrent();
        await _changes.Wait(() => _stored?.MustStop(token) ?? true, upTo, cancellation);
        return _stored?.MustStop(token) ?? true;
    }

    public async Task<bool> Delete()
    {
        await RequireCurrent();
        if (_stored is not { } record)
        {
            if (state.State.Trace == JobTrace.Abandoned) await state.ClearOrDeactivate(this);
            return true;
        }

        if (!record.Job.Status.IsFinal()) return false;
        if (record.Job.Result is { } result) await blobs.Delete(result.Key);
        if (record.Keyed && !JobRetention.IsExpired(record.Job.CreatedAt, time.GetUtcNow())) await Leave(JobTrace.Deleted);
        else await state.ClearOrDeactivate(this);
        Publish(null);
        return true;
    }

    public Task ForgetKey() => state.State.Trace == JobTrace.Deleted ? state.ClearOrDeactivate(this) : Task.CompletedTask;

    /// <summary>Stores and lists an end; false if it was refused and is no repetition of what is stored.</summary>
    private async Task<bool> End(JobRecord? next, bool isRepeated)
    {
        if (next is null && !isRepeated) return false;
        if (next is not null) await Store(next);
        await List(_stored!.ToEnded());
        return true;
    }

    private async Task List(EndedJob job)
    {
        if (!_isListed) await GrainFactory.JobCatalog(job.Id).Add(job);
        _isListed = true;
    }

    /// <summary>The job was not accepted, and whoever still tries to store it meets a conflict.</summary>
    private async Task Abandon()
    {
        if (state.State.Trace != JobTrace.None) return;
        await Leave(JobTrace.Abandoned);
        var now = time.GetUtcNow();
        await List(new EndedJob(Id, now.UtcTicks, Status: null, now));
    }

    private Task Leave(JobTrace trace)
    {
        state.State.Record = null;
        state.State.Trace = trace;
        return state.WriteOrDeactivate(this);
    }

    /// <summary>Before an end is stored, what runs have kept is removed, so that a job that has ended has no rows of segments.</summary>
    private async Task Store(JobRecord next)
    {
        if (next.Job.Status.IsFinal()) await _segments.Clear();
        state.State.Record = next;
        await state.WriteOrDeactivate(this);
        Publish(next);
    }

    /// <summary>Shows the stored record to calls and wakes those that wait for a change.</summary>
    private void Publish(JobRecord? stored)
    {
        _stored = stored;
        _changes.Raise();
    }

    /// <summary>The next call gets an activation that has read the store.</summary>
    /// <exception cref="OrleansException">Another activation has changed the job.</exception>
    private async Task RequireCurrent()
    {
        if (await _row.IsCurrent()) return;
        DeactivateOnIdle();
        throw new OrleansException($"Job {Id} has changed in the store and is read again.");
    }

    private async Task LeaveQueue(string queue)
    {
        try
        {
            await GrainFactory.GetGrain<IJobQueueGrain>(queue).Remove(Id);
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            Log.StillQueued(logger, e, Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(203, LogLevel.Warning, "The cancelled job {Job} is still in the queue; the runner that takes it removes it.")]
        public static partial void StillQueued(ILogger logger, Exception cause, Guid job);
    }
}
