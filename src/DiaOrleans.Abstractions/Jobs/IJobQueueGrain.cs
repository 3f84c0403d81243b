using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// The stored first-in, first-out queue of jobs that are waiting or leased. A runner may take a job that is not leased, whose lease has
/// expired, or whose lease belongs to a silo that is gone. One grain for the cluster, key 0.
/// </summary>
[Alias("dia.job-queue")]
public interface IJobQueueGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Inserts jobs in the order of their sequence numbers. Idempotent by id. Does not check the capacity, see
    /// <see cref="CheckCapacity"/>.
    /// </summary>
    [Alias("enqueue")]
    Task Enqueue(IReadOnlyList<QueuedJob> jobs);

    /// <summary>Null if the queue has capacity for one more job, else the time after which to try again.</summary>
    [Alias("room"), AlwaysInterleave]
    Task<TimeSpan?> CheckCapacity();

    /// <summary>Leases the first job that may be taken; null if there is none.</summary>
    /// <param name="owner">Address of the silo that takes it, as <c>SiloAddress.ToParsableString</c> writes it.</param>
    [Alias("take")]
    Task<JobLease?> Take(string owner);

    /// <summary>Waits until there may be a job to take.</summary>
    /// <param name="upTo">How long to wait, 20 s at most.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    [Alias("wait"), AlwaysInterleave]
    Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>Extends a lease to its full time. Not stored: a new activation of the queue gives every lease its full time.</summary>
    /// <returns>False if the lease is not current.</returns>
    [Alias("renew"), AlwaysInterleave]
    Task<bool> Renew(JobLease lease);

    /// <summary>Ends the lease and leaves the job in the queue, at its place. Ignored if the lease is not current.</summary>
    [Alias("release")]
    Task Release(JobLease lease);

    /// <summary>Removes the job that has ended under this lease. Ignored if the lease is not current.</summary>
    [Alias("done")]
    Task Complete(JobLease lease);

    /// <summary>Removes the job, leased or not. Idempotent.</summary>
    [Alias("remove")]
    Task Remove(Guid jobId);
}

/// <summary>A job and its position in the order of acceptance.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number, 1 or more; jobs accepted later have larger ones.</param>
[GenerateSerializer, Immutable, Alias("dia.queued-job")]
public sealed record QueuedJob([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);

/// <summary>The right to run a job. It ends with the job, when it is not renewed for 15 s, or when its owner's silo is gone.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing token: larger than that of every earlier lease.</param>
[GenerateSerializer, Immutable, Alias("dia.job-lease")]
public sealed record JobLease([property: Id(0)] Guid JobId, [property: Id(1)] long Token);
