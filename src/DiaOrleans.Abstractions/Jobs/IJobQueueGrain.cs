using DiaOrleans.Abstractions.Calls;
using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// One shard of the stored queue of a pool: the unfinished jobs, waiting or leased, in the order of their submission. A runner may take a
/// job that is not leased, whose lease has expired, or whose lease belongs to a silo that is gone. A job leaves the queue only with proof
/// that it has ended. The key is POOL/SHARD.
/// </summary>
[Alias("dia.job-queue-shard")]
public interface IJobQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores a place for a job that is about to be stored. No runner takes it before <see cref="Confirm"/>, for 30 s, or until the queue
    /// is read from the store again. Idempotent by id.
    /// </summary>
    /// <returns>The place, or the time after which to try again if too many jobs wait.</returns>
    [Alias("enqueue"), ResponseTimeout(AnswerLimits.Single)]
    Task<JobPlace> Enqueue(Guid job);

    /// <summary>Lets runners take the job: it is stored. Idempotent.</summary>
    [Alias("confirm"), ResponseTimeout(AnswerLimits.Single)]
    Task Confirm(Guid job);

    /// <summary>Inserts jobs of an earlier release. Idempotent by id.</summary>
    [Alias("import")]
    Task Import(IReadOnlyList<QueuedJob> jobs);

    /// <summary>Null if there is capacity for one more job, else the time after which to try again.</summary>
    [Alias("room"), ResponseTimeout(AnswerLimits.Single)]
    Task<TimeSpan?> CheckCapacity();

    /// <summary>
    /// Leases the first jobs that may be taken. A first lease is stored with the next change, a quarter of a second later at most: an
    /// activation of the queue that does not know it gives the job again, with a larger token.
    /// </summary>
    /// <param name="taker">Who takes them.</param>
    /// <param name="limit">Number of jobs at most, 1 or more.</param>
    [Alias("take"), ResponseTimeout("00:00:10")]
    Task<IReadOnlyList<JobLease>> Take(JobTaker taker, int limit);

    /// <summary>Waits until there may be a job to take. One job ends the wait of one caller.</summary>
    /// <param name="upTo">How long to wait, 20 s at most.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    [Alias("wait")]
    Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>
    /// Extends the leases of a silo to their full time. Not stored: a new activation of the queue gives every lease its full time.
    /// </summary>
    /// <returns>Those that are not current.</returns>
    [Alias("renew"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<JobLease>> Renew(IReadOnlyList<HeldLease> leases);

    /// <summary>Ends the lease and leaves the job in the queue, at its place. Ignored if the lease is not current.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="pause">How long no runner takes the job; kept in memory.</param>
    /// <param name="newestToken">The next lease gets a larger token; 0 for any.</param>
    [Alias("release")]
    Task Release(JobLease lease, TimeSpan pause, long newestToken);

    /// <summary>
    /// Removes the job, which has ended. Ignored if the lease is not current. Stored as <see cref="Take"/> is: whoever leases the job after
    /// that finds that it has ended.
    /// </summary>
    [Alias("done")]
    Task Complete(JobLease lease);

    /// <summary>Removes the job, which has ended, leased or not. Idempotent.</summary>
    [Alias("remove"), ResponseTimeout(AnswerLimits.Single)]
    Task Remove(Guid job);

    /// <summary>Lists jobs that may have a status, newest first. The job itself knows its status.</summary>
    /// <param name="status">Pending or processing; null for both.</param>
    /// <param name="limit">Length of the list at most.</param>
    [Alias("list"), ResponseTimeout(AnswerLimits.Single)]
    Task<IReadOnlyList<ListedJob>> List(SpeechStatus? status, int limit);

    /// <summary>Lists jobs that may have a status in the order in which they run. The job itself knows its status.</summary>
    /// <param name="status">Pending or processing.</param>
    /// <param name="limit">Length of the list at most.</param>
    [Alias("listOldest"), ResponseTimeout(AnswerLimits.Single)]
    Task<IReadOnlyList<ListedJob>> ListOldest(SpeechStatus status, int limit);

    /// <summary>
    /// Number of the shards of the pool, which only grows: a shard keeps its jobs if a setting asks for fewer. Asked of shard 0.
    /// </summary>
    /// <param name="atLeast">Number of shards that get new jobs.</param>
    [Alias("shards"), ResponseTimeout("00:00:05")]
    Task<int> Shards(int atLeast);

    /// <summary>The number of jobs that are pending and processing.</summary>
    [Alias("count"), ResponseTimeout(AnswerLimits.Single)]
    Task<QueueCounts> Count();
}

/// <summary>A job's place in its queue.</summary>
/// <param name="Sequence">
/// Its sequence number, larger than those before it: the time of submission in ticks of 100 ns, UTC, where that is larger. 0 if there is no
/// capacity.
/// </param>
/// <param name="RetryAfter">When to try again if too many jobs wait; else null.</param>
[GenerateSerializer, Immutable, Alias("dia.job-place")]
public sealed record JobPlace([property: Id(0)] long Sequence, [property: Id(1)] TimeSpan? RetryAfter = null);

/// <summary>A job of an earlier release.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number; jobs accepted later have larger ones.</param>
/// <param name="Token">The largest fencing token that it may have been leased with.</param>
/// <param name="Begun">Whether it is processing.</param>
[GenerateSerializer, Immutable, Alias("dia.queued-job")]
public sealed record QueuedJob(
    [property: Id(0)] Guid Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] long Token = 0,
    [property: Id(3)] bool Begun = false);

/// <summary>Who takes a lease.</summary>
/// <param name="Silo">Its silo's address, as <c>SiloAddress.ToParsableString</c> writes it.</param>
/// <param name="MembershipVersion">
/// Version of the membership that the taker knows. The queue reads the membership at least as new, so that it knows the taker.
/// </param>
[GenerateSerializer, Immutable, Alias("dia.job-taker")]
public sealed record JobTaker([property: Id(0)] string Silo, [property: Id(1)] long MembershipVersion);

/// <summary>The right to run a job. It ends with the job, when it is not renewed for 15 s, or when its owner's silo is gone.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing token: larger than that of every earlier lease of the job.</param>
/// <param name="Queue">Key of the queue that gave it.</param>
[GenerateSerializer, Immutable, Alias("dia.job-lease")]
public sealed record JobLease([property: Id(0)] Guid JobId, [property: Id(1)] long Token, [property: Id(2)] string Queue);

/// <summary>A lease as its silo renews it.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Begun">Whether its job is processing.</param>
[GenerateSerializer, Immutable, Alias("dia.held-lease")]
public sealed record HeldLease([property: Id(0)] JobLease Lease, [property: Id(1)] bool Begun);

/// <summary>The number of jobs in a queue.</summary>
/// <param name="Counts">Pending and processing jobs.</param>
/// <param name="Leased">Those of them that are leased or may have been: they may have ended, and be in the catalogue.</param>
[GenerateSerializer, Immutable, Alias("dia.queue-counts")]
public sealed record QueueCounts([property: Id(0)] JobCounts Counts, [property: Id(1)] IReadOnlyList<LeasedJob> Leased);

/// <summary>A job that is leased or may have been.</summary>
/// <param name="Id">The job.</param>
/// <param name="Begun">Whether it is counted as processing.</param>
[GenerateSerializer, Immutable, Alias("dia.leased-job")]
public sealed record LeasedJob([property: Id(0)] Guid Id, [property: Id(1)] bool Begun);

/// <summary>A job in a list.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number: lists are ordered by it.</param>
[GenerateSerializer, Immutable, Alias("dia.listed-job")]
public sealed record ListedJob([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);
