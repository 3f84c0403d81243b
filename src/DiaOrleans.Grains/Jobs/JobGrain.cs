using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// One job. <see cref="JobRecord"/> decides, and what it decided is stored before anybody hears of it: interleaved reads see the last stored record. The
/// catalogue hears of each change afterwards; one that it misses it finds out when it asks.
/// </summary>
[GrainType("dia.job")]
internal sealed partial class JobGrain(
    [PersistentState("job", StateStorage.ProviderName)] IPersistentState<JobState> state,
    IBlobStore blobs,
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private TaskCompletionSource _changed = NewSignal();
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

    public Task<Job?> Get() => Task.FromResult(_stored?.Job is { } job && !job.IsOver(time.GetUtcNow()) ? job : null);

    public async Task<JobOrder?> Claim(long token)
    {
        if (_stored?.Claim(token, time.GetUtcNow()) is not { } claimed) return null;
        await Store(claimed);
        if (!claimed.Job.Status.IsFinal()) return claimed.ToOrder();
        await Report(claimed.Job);
        return null;
    }

    public Task<bool> Begin(long token, JobStart start) => Move(_stored?.Begin(token, start, time.GetUtcNow()));

    public async Task<bool> Complete(long token, JobResult result) =>
        (_stored?.Job is { Status: SpeechStatus.Completed } job && job.Result == result) || await Move(_stored?.Complete(token, result, time.GetUtcNow()));

    public async Task<bool> GiveBack(long token)
    {
        if (_stored?.GiveBack(token) is not { } given) return false;
        await Store(given);
        return true;
    }

    public Task<bool> Fail(long token, string error) => Move(_stored?.Fail(token, error, time.GetUtcNow()));

    public async Task<JobCancellation?> Cancel()
    {
        if (await Get() is null) return null;
        var cancelled = await Move(_stored!.Cancel(time.GetUtcNow()));
        if (cancelled) await LeaveQueue();
        return new JobCancellation(cancelled, _stored!.Job.Status);
    }

    public async Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default)
    {
        var limit = upTo < LongestWait ? upTo : LongestWait;
        for (var start = time.GetTimestamp(); ;)
        {
            if (_stored?.IsOver(token) ?? true) return true;
            var left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || cancellation.IsCancellationRequested) return false;
            await _changed.Task.EndedOr(left, time, cancellation);
        }
    }

    public async Task<bool> Forget()
    {
        if (_stored is not { } record) return true;
        if (!record.Job.Status.IsFinal()) return false;
        if (record.Job.Result is { } result) await blobs.Delete(result.Key);
        await Change(null, state.ClearStateAsync);
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<bool> Move(JobRecord? next)
    {
        if (next is null) return false;
        await Store(next);
        await Report(next.Job);
        return true;
    }

    private Task Store(JobRecord next)
    {
        state.State.Record = next;
        return Change(next, state.WriteStateAsync);
    }

    private async Task Change(JobRecord? next, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _stored = next;
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }

    private async Task LeaveQueue()
    {
        try
        {
            await GrainFactory.GetGrain<IJobQueueGrain>(0).Remove(Id);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
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
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            Log.NotReported(logger, e, Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The catalogue did not hear how job {Job} stands; it will ask.")]
        public static partial void NotReported(ILogger logger, Exception cause, Guid job);

        [LoggerMessage(2, LogLevel.Warning, "Cancelled job {Job} is still queued; who takes it finds that it has ended.")]
        public static partial void StillQueued(ILogger logger, Exception cause, Guid job);
    }
}
