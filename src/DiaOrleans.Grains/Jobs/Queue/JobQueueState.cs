using System.Text.Json.Serialization;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>The first row of a queue: which segments it has.</summary>
[GenerateSerializer, Alias("dia.job-queue-head"), StoredState("dia.job-queue-head", version: 1)]
internal sealed class JobQueueHead
{
    /// <summary>How often the queue was opened: an instance that has been replaced can add no segment.</summary>
    [Id(0)] public long Epoch { get; set; }

    /// <summary>Number of the last segment that was ever listed; 0 before the first.</summary>
    [Id(1)] public long LastSegment { get; set; }

    /// <summary>Numbers of the segments, oldest first. A listed segment may be empty or missing.</summary>
    [Id(2)] public List<long> Segments { get; set; } = [];

    /// <summary>Of shard 0: number of the shards of the pool that have had jobs.</summary>
    [Id(3)] public int Shards { get; set; } = 1;
}

/// <summary>A part of a queue in a row of its own, so that a change writes few jobs whatever waits.</summary>
[GenerateSerializer, Alias("dia.job-queue-segment"), StoredState("dia.job-queue-segment", version: 1)]
internal sealed class JobQueueSegment
{
    /// <summary>Jobs in the order of their sequence numbers.</summary>
    [Id(0)] public IReadOnlyList<QueueEntry> Entries { get; set; } = [];
}

/// <summary>A job in the queue.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Owner">Address of the silo that holds its lease; null if it is not leased.</param>
/// <param name="Token">Fencing token of the last lease; 0 before the first.</param>
/// <param name="Begun">Whether it is processing. Stored with the next change of the segment.</param>
[GenerateSerializer, Immutable, Alias("dia.job-queue-entry")]
internal sealed record QueueEntry(
    [property: Id(0)] Guid Id,
    [property: Id(1)] long Sequence,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] string? Owner = null,
    [property: Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Token = 0,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Begun = false);
