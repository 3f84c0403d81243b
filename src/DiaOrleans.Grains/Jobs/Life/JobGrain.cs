using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Jobs.Segments;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// One job. <see cref="JobRecord"/> decides on a transition, and <see cref="JobStore"/> stores it before it is shown or returned. An end is
/// entered in the catalogue before the call that made it returns; if that fails, so does the call, and its repetition, or the next claim,
/// enters it. It does not stay in memory for long after its last call, and some seconds only once it has ended: a client may submit and
/// cancel any number of jobs. The row of an ended job is removed without a call of its grain (<see cref="EndedJobRows"/>).
/// </summary>
[GrainType("dia.job"), CollectionAgeLimit(Minutes = 5)]
internal sealed class JobGrain(
    [PersistentState(JobStateRow.Name, StateStorage.ProviderName)] IPersistentState<JobState> state,
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    IClusterMembershipService membership,
    JobOptions options,
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private readonly JobChanges _changes = new(time);
    private JobStore _store = null!;
    private JobSegments _segments = null!;
    private JobEntries _entries = null!;

    private JobRecord? Record => _store.Record;

    private Guid Id => this.GetPrimaryKey();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _segments = new JobSegments(storage, Id, mayHaveRows: state.State.Record is { Token: > 0 });
        var row = new JobStateRow(state, storage, membership, this.GetGrainId());
        _store = new JobStore(this, state, row, _segments, _changes);
        _entries = new JobEntries(GrainFactory, Id, logger);
        _changes.Begin(Record?.Job);
        _store.LeaveIfEnded();
        return Task.CompletedTask;
    }

    public async Task<StoredJob> Submit(JobSubmission submission)
    {
        await _store.RequireCurrent();
        if (_store.Trace == JobTrace.Abandoned) return StoredJob.Abandoned;
        if (_store.Trace == JobTrace.Deleted) return StoredJob.Ended;
        if (Record is null) await _store.Store(JobRecord.Submit(submission, time.GetUtcNow()));
        return Record!.Job.Status.IsFinal() ? StoredJob.Ended : StoredJob.Unfinished;
    }

    public async Task<bool> WasStored()
    {
        await _store.RequireCurrent();
        return Record is not null || _store.Trace == JobTrace.Deleted;
    }

    public async Task<Job?> Get()
    {
        await _store.RequireCurrent();
        return Show();
    }

    public async Task<JobRevision?> Watch(long known, TimeSpan upTo, CancellationToken cancellation = default)
    {
        await _store.RequireCurrent();
        await _changes.Wait(() => Record is null || _changes.Revision > known, upTo, cancellation);
        await _store.RequireCurrent(wasCurrent: true);
        return Show() is { } job ? new JobRevision(job, _changes.Revision) : null;
    }

    public async Task<JobClaim> Claim(long token)
    {
        await _store.RequireCurrent();
        if (Record is null) await Abandon();
        else if (Record.Claim(token, time.GetUtcNow()) is { } claimed) await Hold(claimed);
        if (Record is not { } record) return new JobClaim(null, HasEnded: true, token);
        if (!record.Job.Status.IsFinal())
        {
            var assignment = new JobAssignment(record.ToRunRequest(), _segments.AreNone);
            return new JobClaim(record.Token == token ? assignment : null, HasEnded: false, record.Token);
        }

        await _entries.List(record.ToEnded());
        return new JobClaim(null, HasEnded: true, record.Token);
    }

    public async Task<bool> Begin(long token, JobStart start)
    {
        if (Record?.Begin(token, start, time.GetUtcNow()) is not { } begun) return false;
        await _store.Store(begun);
        return true;
    }

    public Task<int> Report(long token, RunReport report)
    {
        if (Record is not { Job.Status: SpeechStatus.Processing } record || record.Token != token) return Task.FromResult(0);
        _changes.Report(report.Progress);
        return Task.FromResult(report.Codes is { } codes ? _segments.Append(codes) : 0);
    }

    public async Task<bool> KeepSegment(long token, int segment, SegmentCodes codes)
    {
        await _store.RequireCurrent();
        if (Record?.MayMove(token) != true) return false;
        var isNew = !await _segments.Has(segment);
        if (!await _segments.Keep(segment, codes)) return false;
        if (isNew && Record?.Progress(token) is { } progressed) await _store.Store(progressed);
        return true;
    }

    public async Task KeepMade(long token)
    {
        await _store.RequireCurrent();
        if (Record?.MayMove(token) == true) await _segments.KeepMade();
    }

    public Task<SegmentCodes?> FindSegment(int segment) => _segments.Find(segment);

    public async Task<bool> Complete(long token, JobResult result)
    {
        var isRepeated = Record?.Job is { Status: SpeechStatus.Completed } job && job.Result == result;
        return await End(Record?.Complete(token, result, time.GetUtcNow()), isRepeated);
    }

    public async Task<bool> Fail(long token, string error)
    {
        var isRepeated = Record is { Job.Status: SpeechStatus.Failed } record && record.Token == token && record.Job.Error == error;
        return await End(Record?.Fail(token, error, time.GetUtcNow()), isRepeated);
    }

    public async Task<JobRelease> Release(long token, RunFault? fault)
    {
        if (Record?.Release(token, fault, options.RetryLimit, time.GetUtcNow()) is { } released) await _store.Store(released);
        if (Record is not { } record) return new JobRelease(HasEnded: false, TimeSpan.Zero);
        if (record.Job.Status.IsFinal())
        {
            await _store.RequireCurrent();
            await _entries.List(record.ToEnded());
        }

        return new JobRelease(record.Job.Status.IsFinal(), fault is not null ? record.PauseAfterFault() : TimeSpan.Zero);
    }

    public async Task<JobCancellation?> Cancel()
    {
        if (await Get() is null) return null;
        var cancelled = await End(Record!.Cancel(time.GetUtcNow()), isRepeated: false);
        if (cancelled) await _entries.LeaveQueue(Record.Queue ?? JobShards.QueueKey(0));
        return new JobCancellation(cancelled, Record!.Job.Status);
    }

    public async Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default)
    {
        await _store.RequireCurrent();
        await _changes.Wait(() => Record?.MustStop(token) ?? true, upTo, cancellation);
        return Record?.MustStop(token) ?? true;
    }

    private Job? Show() => Record is { } record && !record.Job.IsExpired(time.GetUtcNow()) ? _changes.Show(record) : null;

    /// <summary>
    /// A claim is stored by the run's next change. If it is lost before, an older run may change the job until then, and the job still ends
    /// once: every run makes the same audio, and an end is stored on the version before it.
    /// </summary>
    private async Task Hold(JobRecord claimed)
    {
        if (claimed.Job.Status.IsFinal()) await _store.Store(claimed);
        else _store.Hold(claimed);
    }

    /// <summary>Stores and lists an end; false if it was refused and is no repetition of what is stored.</summary>
    private async Task<bool> End(JobRecord? next, bool isRepeated)
    {
        if (next is null && !isRepeated) return false;
        if (next is null) await _store.RequireCurrent();
        else await _store.Store(next);
        await _entries.List(Record!.ToEnded());
        return true;
    }

    /// <summary>The job was not accepted, and whoever still tries to store it meets a conflict.</summary>
    private async Task Abandon()
    {
        if (_store.Trace != JobTrace.None) return;
        await _store.Leave(JobTrace.Abandoned);
        var now = time.GetUtcNow();
        await _entries.List(new EndedJob(Id, now.UtcTicks, Status: null, now));
    }
}
