using System.Security.Cryptography;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>
/// Accepts a job in two writes: its place in the queue, then the job. Between them no runner takes the place; after a crash a runner meets
/// a place without a job and gives the id up for good, so that a late second write fails. When the caller is answered, the queue has
/// confirmed the place of a job that is stored. An idempotency key is stored before both.
/// </summary>
internal sealed class JobSubmitter
{
    private const int Attempts = 3;

    private readonly IGrainFactory _grains;
    private readonly JobQueues _queues;
    private readonly TimeProvider _time;
    private readonly CallRetry _retries;

    /// <param name="grains">Calls the grains of jobs.</param>
    /// <param name="queues">The queues.</param>
    /// <param name="time">Clock of the pauses between attempts.</param>
    public JobSubmitter(IGrainFactory grains, JobQueues queues, TimeProvider time)
    {
        _grains = grains;
        _queues = queues;
        _time = time;
        // A submission is idempotent by its id: if a silo stops, a write meets a newer version or the answer is late, it can be sent again.
        _retries = new CallRetry(TimeSpan.FromMilliseconds(200), time);
    }

    /// <inheritdoc cref="JobService.Submit"/>
    public async Task<JobAcceptance> Submit(SpeechRequest request, string? idempotencyKey, string? voice)
    {
        var submission = new JobSubmission
        {
            Id = Guid.NewGuid(),
            Request = request,
            DrawnSeed = RandomNumberGenerator.GetInt32(int.MaxValue),
            Keyed = idempotencyKey is not null,
            Voice = voice,
            Queue = "",
            Sequence = 0,
        };
        if (idempotencyKey is null) return await Store(submission, null);
        var key = new KeyedJob(RequestHash.Compute(idempotencyKey), RequestHash.Compute(request), submission.Id, _time.GetUtcNow());
        return await _retries.Execute(() => StoreKeyed(submission, key));
    }

    private async Task<JobAcceptance> StoreKeyed(JobSubmission submission, KeyedJob key)
    {
        var keys = _grains.JobKeys(key.KeyHash);
        var known = await keys.Find(key.KeyHash);
        if (known is null && await HasNoRoom(submission.Id) is { } busy) return busy;
        known ??= await keys.Reserve(key);
        if (known.RequestHash is { } hash && hash != key.RequestHash) return new JobAcceptance(JobOutcome.KeyReused);
        if (known.Job != key.Job && await _grains.GetGrain<IJobGrain>(known.Job).WasStored())
            return new JobAcceptance(JobOutcome.Accepted, known.Job);

        return await Store(submission with { Id = known.Job }, key);
    }

    /// <summary>Stores the job under its id, or under another one if that was given up.</summary>
    private async Task<JobAcceptance> Store(JobSubmission submission, KeyedJob? key)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (stored, acceptance) = await _retries.Execute(() => StoreOnce(submission));
            if (stored != StoredJob.Abandoned) return acceptance;
            var given = submission.Id;
            submission = submission with { Id = Guid.NewGuid() };
            if (key is not null) await _grains.JobKeys(key.KeyHash).Reserve(key with { Job = submission.Id }, instead: given);
        }

        throw new OrleansException("The job could not be stored before a runner met its place in the queue.");
    }

    private async Task<(StoredJob Stored, JobAcceptance Acceptance)> StoreOnce(JobSubmission submission)
    {
        var (name, queue) = await _queues.ForNew(submission.Id);
        var place = await queue.Enqueue(submission.Id);
        if (place.RetryAfter is { } wait) return (StoredJob.Unfinished, new JobAcceptance(JobOutcome.Busy, RetryAfter: wait));
        var job = _grains.GetGrain<IJobGrain>(submission.Id);
        var stored = await job.Submit(submission with { Queue = name, Sequence = place.Sequence });
        if (stored == StoredJob.Unfinished) await queue.Confirm(submission.Id);
        else await queue.Remove(submission.Id);
        return (stored, new JobAcceptance(JobOutcome.Accepted, submission.Id));
    }

    private async Task<JobAcceptance?> HasNoRoom(Guid job)
    {
        var (_, queue) = await _queues.ForNew(job);
        return await queue.CheckCapacity() is { } wait ? new JobAcceptance(JobOutcome.Busy, RetryAfter: wait) : null;
    }
}
