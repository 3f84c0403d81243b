using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Upgrade;

/// <summary>The catalogue of all jobs as releases before the shards stored it: its newest page and the numbers of the full ones.</summary>
[GenerateSerializer, Alias("dia.job-catalog-state"), StoredState("dia.job-catalog", version: 2)]
internal sealed class StoredCatalog
{
    /// <summary>Name of the state.</summary>
    public const string Name = "job-catalog";

    /// <summary>The last sequence number given.</summary>
    [Id(0)] public long LastSequence { get; set; }

    /// <summary>
    /// Jobs of the newest page, in the order of acceptance; in version 1 all jobs. Written before a job is stored: after a crash the last
    /// entry may have no job.
    /// </summary>
    [Id(1)] public List<CatalogEntry> Jobs { get; set; } = [];

    /// <summary>Idempotency keys of the newest page; in version 1 all keys.</summary>
    [Id(2)] public List<KeyEntry> Keys { get; set; } = [];

    /// <summary>Keys of full pages, oldest first. Written since version 2.</summary>
    [Id(3)] public List<long> Pages { get; set; } = [];
}

/// <summary>A full page of the catalogue.</summary>
[GenerateSerializer, Alias("dia.job-catalog-page-state"), StoredState("dia.job-catalog-page", version: 1)]
internal sealed class StoredCatalogPage
{
    /// <summary>Name of the state.</summary>
    public const string Name = "job-catalog-page";

    /// <summary>Jobs in the order of acceptance.</summary>
    [Id(0)] public List<CatalogEntry> Jobs { get; set; } = [];

    /// <summary>Idempotency keys that were sent with these jobs.</summary>
    [Id(1)] public List<KeyEntry> Keys { get; set; } = [];
}

/// <summary>A job and its sequence number.</summary>
[GenerateSerializer, Immutable, Alias("dia.catalog-entry")]
internal sealed record CatalogEntry([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);

/// <summary>An idempotency key and its first submission.</summary>
/// <param name="Key">SHA-256 of the key, hexadecimal.</param>
/// <param name="Request">SHA-256 of the request in a form of that release, hexadecimal.</param>
/// <param name="Job">The job of the first submission.</param>
/// <param name="At">Time of the first submission, UTC.</param>
[GenerateSerializer, Immutable, Alias("dia.job-key-entry")]
internal sealed record KeyEntry(
    [property: Id(0)] string Key,
    [property: Id(1)] string Request,
    [property: Id(2)] Guid Job,
    [property: Id(3)] DateTimeOffset At);

/// <summary>The queue of all unfinished jobs as releases before the shards stored it.</summary>
[GenerateSerializer, Alias("dia.job-queue-state"), StoredState("dia.job-queue", version: 1)]
internal sealed class StoredQueue
{
    /// <summary>Name of the state.</summary>
    public const string Name = "job-queue";

    /// <summary>The last fencing token given; 0 before the first.</summary>
    [Id(0)] public long LastToken { get; set; }

    /// <summary>Jobs in the order of their sequence numbers.</summary>
    [Id(1)] public List<StoredQueueEntry> Entries { get; set; } = [];
}

/// <summary>A job in that queue.</summary>
/// <param name="Id">The job.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Owner">Address of the silo that holds its lease; null if it is not leased.</param>
/// <param name="Token">Fencing token of the last lease; 0 before the first.</param>
[GenerateSerializer, Immutable, Alias("dia.queue-entry")]
internal sealed record StoredQueueEntry(
    [property: Id(0)] Guid Id,
    [property: Id(1)] long Sequence,
    [property: Id(2)] string? Owner = null,
    [property: Id(3)] long Token = 0);
