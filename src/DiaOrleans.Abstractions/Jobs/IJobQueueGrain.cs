using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// Jobs that wait for a runner or have one, first in first out, stored. It gives leases, never work: a runner may take a job that nobody holds, whose lease has
/// run out, or whose holder's silo is gone. One for the cluster: key 0.
/// </summary>
[Alias("dia.job-queue")]
public interface IJobQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Puts jobs where their sequence numbers belong. Idempotent by id; never refused, see <see cref="FindRoom"/>.</summary>
    [Alias("enqueue")]
    Task Enqueue(IReadOnlyList<QueuedJob> jobs);

    /// <summary>Null where there is room for one more job, else when to try again.</summary>
    [Alias("room"), AlwaysInterleave]
    Task<TimeSpan?> FindRoom();

    /// <summary>The first job that may be taken, or null.</summary>
    /// <param name="owner">Address of the silo that takes it.</param>
    [Alias("take")]
    Task<JobLease?> Take(string owner);

    /// <summary>Returns when there may be a job to take, or after <paramref name="upTo"/> (20 s at most).</summary>
    [Alias("wait"), AlwaysInterleave]
    Task WaitForWork(TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>Prolongs a lease. False: somebody else has the job, or nobody needs to. Not stored: who takes over the queue gives every lease its full time.</summary>
    [Alias("renew"), AlwaysInterleave]
    Task<bool> Renew(JobLease lease);

    /// <summary>Gives the job back: it is first again. Ignored where the lease is not current.</summary>
    [Alias("release")]
    Task Release(JobLease lease);

    /// <summary>The job has ended under this lease. Ignored where the lease is not current.</summary>
    [Alias("done")]
    Task Done(JobLease lease);

    /// <summary>Takes the job out, whoever has it. Idempotent.</summary>
    [Alias("remove")]
    Task Remove(Guid jobId);
}

/// <summary>A job and its place in the order of acceptance.</summary>
[GenerateSerializer, Immutable, Alias("dia.queued-job")]
public sealed record QueuedJob([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);

/// <summary>The right to run a job until it ends, is not renewed for 15 s, or its holder's silo dies.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Token">Fencing token: larger than that of every earlier lease.</param>
[GenerateSerializer, Immutable, Alias("dia.job-lease")]
public sealed record JobLease([property: Id(0)] Guid JobId, [property: Id(1)] long Token);
