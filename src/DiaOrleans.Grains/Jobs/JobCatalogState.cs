using System.Text.Json.Serialization;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs;

/// <summary>What the catalogue stores with every submission: its newest page and the numbers of the full ones.</summary>
[GenerateSerializer, Alias("dia.job-catalog-state"), StoredState("dia.job-catalog", version: 2)]
internal sealed class JobCatalogState
{
    /// <summary>The last sequence number given.</summary>
    [Id(0)] public long LastSequence { get; set; }

    /// <summary>
    /// Jobs of the newest page, in the order of acceptance; in version 1 all jobs. Written before a job is stored: after a crash the last
    /// entry may have no job.
    /// </summary>
    [Id(1)] public List<CatalogEntry> Jobs { get; set; } = [];

    /// <summary>Idempotency keys of the newest page; in version 1 all keys.</summary>
    [Id(2)] public List<KeyEntry> Keys { get; set; } = [];

    /// <summary>Keys of the grains of full pages, oldest first. Written since version 2.</summary>
    [Id(3)] public List<long> Pages { get; set; } = [];
}

/// <summary>A full page of the catalogue.</summary>
[GenerateSerializer, Alias("dia.job-catalog-page-state"), StoredState("dia.job-catalog-page", version: 1)]
internal sealed class JobCatalogPageState
{
    /// <summary>Jobs in the order of acceptance.</summary>
    [Id(0)] public List<CatalogEntry> Jobs { get; set; } = [];

    /// <summary>Idempotency keys that were sent with these jobs.</summary>
    [Id(1)] public List<KeyEntry> Keys { get; set; } = [];

    [JsonIgnore] public bool IsEmpty => Jobs.Count == 0 && Keys.Count == 0;
}

/// <summary>A job and its sequence number.</summary>
[GenerateSerializer, Immutable, Alias("dia.catalog-entry")]
internal sealed record CatalogEntry([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);

/// <summary>An idempotency key and its first submission.</summary>
/// <param name="Key">SHA-256 of the key, hexadecimal.</param>
/// <param name="Request">SHA-256 of the request, hexadecimal.</param>
/// <param name="Job">The job of the first submission.</param>
/// <param name="At">Time of the first submission, UTC.</param>
[GenerateSerializer, Immutable, Alias("dia.job-key-entry")]
internal sealed record KeyEntry(
    [property: Id(0)] string Key,
    [property: Id(1)] string Request,
    [property: Id(2)] Guid Job,
    [property: Id(3)] DateTimeOffset At);
