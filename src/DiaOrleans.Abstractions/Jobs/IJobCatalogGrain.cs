using DiaOrleans.Abstractions.Calls;
using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// One shard of the stored list of ended jobs, in the order of their ends. The key is the number of the shard, which follows from a job's
/// id. Unfinished jobs are in the queue; a job is entered here before it leaves the queue.
/// </summary>
[Alias("dia.job-catalog-shard")]
public interface IJobCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>Stores that a job has ended. Idempotent by id.</summary>
    [Alias("add"), ResponseTimeout(AnswerLimits.Single)]
    Task Add(EndedJob job);

    /// <summary>Lists ended jobs, the ones submitted last first.</summary>
    /// <param name="status">Only jobs of this status; null for all.</param>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    [Alias("list"), ResponseTimeout(AnswerLimits.Single)]
    Task<IReadOnlyList<ListedJob>> List(SpeechStatus? status, int limit);

    /// <summary>The number of ended jobs of each status.</summary>
    /// <param name="leased">
    /// Jobs that a queue has counted. What has ended meanwhile is counted as minus one pending or processing job.
    /// </param>
    [Alias("count"), ResponseTimeout(AnswerLimits.Single)]
    Task<JobCounts> Count(IReadOnlyList<LeasedJob> leased);

    /// <summary>
    /// Removes a batch of jobs with their results, those that ended first. Other calls run meanwhile. Repeat the call while
    /// <see cref="ClearedJobs.More"/> is true.
    /// </summary>
    /// <param name="endedBy">Only jobs that ended at or before this time, UTC; null for all.</param>
    [Alias("clear-some")]
    Task<ClearedJobs> ClearBatch(DateTimeOffset? endedBy);

    /// <summary>When the jobs that ended first ended, UTC, in order.</summary>
    /// <param name="limit">Length of the list at most.</param>
    [Alias("oldest")]
    Task<IReadOnlyList<DateTimeOffset>> Oldest(int limit);
}

/// <summary>A job that has ended.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number in the queue.</param>
/// <param name="Status">Its final status; null if it was never accepted. Such a job is not listed.</param>
/// <param name="EndedAt">When it ended, UTC.</param>
[GenerateSerializer, Immutable, Alias("dia.ended-job")]
public sealed record EndedJob(
    [property: Id(0)] Guid Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] SpeechStatus? Status,
    [property: Id(3)] DateTimeOffset EndedAt);

/// <summary>What <see cref="IJobCatalogGrain.ClearBatch"/> removed.</summary>
/// <param name="Removed">Number of removed jobs that clients could still see.</param>
/// <param name="More">Whether such jobs are left.</param>
[GenerateSerializer, Immutable, Alias("dia.job-clearing")]
public sealed record ClearedJobs([property: Id(0)] int Removed, [property: Id(1)] bool More);

/// <summary>A list of jobs.</summary>
/// <param name="Jobs">The jobs listed.</param>
/// <param name="Total">Number of all jobs, of any status.</param>
/// <param name="Counts">Number of the jobs of each status.</param>
[GenerateSerializer, Immutable, Alias("dia.job-page")]
public sealed record JobPage([property: Id(0)] IReadOnlyList<Job> Jobs, [property: Id(1)] int Total, [property: Id(2)] JobCounts Counts);

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
    [property: Id(4)] int Cancelled)
{
    /// <summary>Number of all jobs.</summary>
    public int Total => Pending + Processing + Completed + Failed + Cancelled;

    /// <summary>Number of jobs that have ended.</summary>
    public int Ended => Completed + Failed + Cancelled;

    /// <summary>The sums of both.</summary>
    public static JobCounts operator +(JobCounts left, JobCounts right) => new(
        left.Pending + right.Pending,
        left.Processing + right.Processing,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Cancelled + right.Cancelled);
}
