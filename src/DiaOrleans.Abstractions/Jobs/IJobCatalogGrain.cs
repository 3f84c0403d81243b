using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// Which jobs there are, in the order of their acceptance, and under which idempotency keys they came. Every job enters here first, so none is ever lost: after a
/// crash unfinished ones are put back into the queue. One for the cluster: key 0.
/// </summary>
[Alias("dia.job-catalog")]
public interface IJobCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Accepts the job, or says why not. Accepted means stored. Idempotent by id, and by key for an hour.</summary>
    [Alias("submit")]
    Task<JobAcceptance> Submit(JobSubmission submission);

    /// <summary>Newest first, of one status where <paramref name="status"/> is not null. Interleaves, because it asks jobs, and they report.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<JobPage> List(SpeechStatus? status, int limit);

    /// <summary>How many there are of each status.</summary>
    [Alias("count"), AlwaysInterleave]
    Task<JobCounts> Count();

    /// <summary>A job's status has changed. Called by jobs, and interleaves for them.</summary>
    [Alias("report"), AlwaysInterleave]
    Task Report(Guid jobId, SpeechStatus status, DateTimeOffset? completedAt);

    /// <summary>Returns when the jobs of an earlier run are known and the unfinished ones are queued.</summary>
    [Alias("recover"), AlwaysInterleave]
    Task Recover();

    /// <summary>
    /// Removes the oldest jobs that ended, with their results: of all, or of those that ended at or before <paramref name="endedBy"/>. A call takes so few that
    /// submissions between two calls wait only a moment; repeat it while there are more.
    /// </summary>
    [Alias("clear-some")]
    Task<JobClearing> ClearSome(DateTimeOffset? endedBy);
}

/// <summary>What became of a job at the door.</summary>
public enum JobOutcome
{
    /// <summary>It is stored and will run.</summary>
    Accepted,

    /// <summary>Too many jobs wait; try again after <see cref="JobAcceptance.RetryAfter"/>.</summary>
    Busy,

    /// <summary>The idempotency key came with another request within the last hour.</summary>
    KeyReused,
}

/// <summary>The answer to a submission.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="JobId">The job, where accepted: the first one's under an idempotency key.</param>
/// <param name="RetryAfter">When to try again, where busy.</param>
[GenerateSerializer, Immutable, Alias("dia.job-acceptance")]
public sealed record JobAcceptance(
    [property: Id(0)] JobOutcome Outcome,
    [property: Id(1)] Guid JobId = default,
    [property: Id(2)] TimeSpan? RetryAfter = null);

/// <summary>What a call removed.</summary>
/// <param name="Removed">Jobs that clients could still see.</param>
/// <param name="More">Whether others are left.</param>
[GenerateSerializer, Immutable, Alias("dia.job-clearing")]
public sealed record JobClearing([property: Id(0)] int Removed, [property: Id(1)] bool More);

/// <summary>Jobs and how many there are in all, whatever their status.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-page")]
public sealed record JobPage([property: Id(0)] IReadOnlyList<Job> Jobs, [property: Id(1)] int Total);

/// <summary>How many jobs there are of each status.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-counts")]
public sealed record JobCounts(
    [property: Id(0)] int Pending,
    [property: Id(1)] int Processing,
    [property: Id(2)] int Completed,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Cancelled);
