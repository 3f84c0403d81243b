using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Limits of background jobs.</summary>
public sealed record JobOptions
{
    /// <summary>Largest value of <see cref="JobQueueShards"/>.</summary>
    public const int MaxQueueShards = 64;

    /// <summary>Jobs that may wait in the queue of the cluster; further ones are refused. 1 or more, 1000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPendingJobs { get; init; } = 1000;

    /// <summary>
    /// Ended jobs that are kept within the hour; of more than these, those that ended first are removed with their results. Of more
    /// idempotency keys, the oldest of those whose jobs are removed go. 1 or more, 100000 by default.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxKeptJobs { get; init; } = 100_000;

    /// <summary>
    /// Hours for which a job is run again after faults that may pass; then it fails. Above 0, 24 by default.
    /// </summary>
    [Range(0.001, 8760)]
    public double JobRetryHours { get; init; } = 24;

    /// <summary>
    /// Parts of the queue, which store side by side. Jobs of one part run in the order of their submission. 1 to 64, 1 by default; a lower
    /// number than before leaves no job behind.
    /// </summary>
    [Range(1, MaxQueueShards)]
    public int JobQueueShards { get; init; } = 1;

    /// <summary><see cref="JobRetryHours"/> as a time.</summary>
    internal TimeSpan RetryLimit => TimeSpan.FromHours(JobRetryHours);
}
