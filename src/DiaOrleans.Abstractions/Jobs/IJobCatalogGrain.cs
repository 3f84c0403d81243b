using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// The list of all background jobs in the order of their acceptance, with their idempotency keys. Every job is entered here before it is
/// stored or queued; after a crash the catalogue puts unfinished jobs back into the queue. One grain for the cluster, key 0.
/// </summary>
[Alias("dia.job-catalog")]
public interface IJobCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Accepts the job, or says why not. An accepted job is stored. Idempotent by <see cref="JobSubmission.Id"/>, and by
    /// <see cref="JobSubmission.Key"/> for one hour.
    /// </summary>
    /// <exception cref="OrleansException">Storage or a silo failed. The same submission can be sent again and gives one job.</exception>
    [Alias("submit")]
    Task<JobAcceptance> Submit(JobSubmission submission);

    /// <summary>Lists jobs, newest first. Interleaves, because it calls job grains, which report to the catalogue.</summary>
    /// <param name="status">Only jobs of this status; null for all.</param>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    [Alias("list"), AlwaysInterleave]
    Task<JobPage> List(SpeechStatus? status, int limit);

    /// <summary>The number of jobs of each status.</summary>
    [Alias("count"), AlwaysInterleave]
    Task<JobCounts> Count();

    /// <summary>
    /// Tells the catalogue that a job's status has changed. Called by job grains. Interleaves, because the catalogue calls them too.
    /// </summary>
    /// <param name="jobId">The job.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="completedAt">When it reached a final status, UTC; null before.</param>
    [Alias("report"), AlwaysInterleave]
    Task Report(Guid jobId, SpeechStatus status, DateTimeOffset? completedAt);

    /// <summary>Returns when the catalogue has read the jobs of an earlier run and queued the unfinished ones.</summary>
    [Alias("recover"), AlwaysInterleave]
    Task Recover();

    /// <summary>
    /// Removes a batch of ended jobs with their results, oldest first. A batch is small, so that a submission that arrives meanwhile
    /// waits for a short time only. Repeat the call while <see cref="ClearedJobs.More"/> is true.
    /// </summary>
    /// <param name="endedBy">Only jobs that ended at or before this time, UTC; null for all that have ended.</param>
    [Alias("clear-some")]
    Task<ClearedJobs> ClearBatch(DateTimeOffset? endedBy);
}

/// <summary>The outcome of a submission.</summary>
public enum JobOutcome
{
    /// <summary>The job is stored and will run.</summary>
    Accepted,

    /// <summary>Too many jobs are pending; try again after <see cref="JobAcceptance.RetryAfter"/>.</summary>
    Busy,

    /// <summary>The idempotency key was used for another request within the last hour.</summary>
    KeyReused,
}

/// <summary>The answer to a submission.</summary>
/// <param name="Outcome">Whether the job is accepted.</param>
/// <param name="JobId">The job, if accepted. For a repeated idempotency key it is the job of the first submission.</param>
/// <param name="RetryAfter">When to try again, if busy; else null.</param>
[GenerateSerializer, Immutable, Alias("dia.job-acceptance")]
public sealed record JobAcceptance(
    [property: Id(0)] JobOutcome Outcome,
    [property: Id(1)] Guid JobId = default,
    [property: Id(2)] TimeSpan? RetryAfter = null);

/// <summary>What <see cref="IJobCatalogGrain.ClearBatch"/> removed.</summary>
/// <param name="Removed">Number of removed jobs that clients could still see.</param>
/// <param name="More">Whether ended jobs are left.</param>
[GenerateSerializer, Immutable, Alias("dia.job-clearing")]
public sealed record ClearedJobs([property: Id(0)] int Removed, [property: Id(1)] bool More);

/// <summary>A list of jobs.</summary>
/// <param name="Jobs">The jobs listed, newest first.</param>
/// <param name="Total">Number of all jobs, of any status.</param>
[GenerateSerializer, Immutable, Alias("dia.job-page")]
public sealed record JobPage([property: Id(0)] IReadOnlyList<Job> Jobs, [property: Id(1)] int Total);

/// <summary>The number of jobs of each status.</summary>
/// <param name="Pending">Accepted, and not begun.</param>
/// <param name="Processing">Begun, and not ended.</param>
/// <param name="Completed">Ended with a result.</param>
/// <param name="Failed">Ended with an error.</param>
/// <param name="Cancelled">Ended by a client.</param>
[GenerateSerializer, Immutable, Alias("dia.job-counts")]
public sealed record JobCounts(
    [property: Id(0)] int Pending,
    [property: Id(1)] int Processing,
    [property: Id(2)] int Completed,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Cancelled);
