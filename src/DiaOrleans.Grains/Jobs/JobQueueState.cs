using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs;

/// <summary>What the queue stores.</summary>
[GenerateSerializer, Alias("dia.job-queue-state"), StoredState("dia.job-queue", version: 1)]
internal sealed class JobQueueState
{
    /// <summary>The last fencing token given; 0 before the first.</summary>
    [Id(0)] public long LastToken { get; set; }

    /// <summary>Jobs in the order of their sequence numbers.</summary>
    [Id(1)] public List<QueueEntry> Entries { get; set; } = [];
}

/// <summary>A job in the queue.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Owner">Address of the silo that holds its lease; null if it is not leased.</param>
/// <param name="Token">Fencing token of the last lease; 0 before the first.</param>
[GenerateSerializer, Immutable, Alias("dia.queue-entry")]
internal sealed record QueueEntry(
    [property: Id(0)] Guid Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string? Owner = null,
    [property: Id(3)] long Token = 0);
