using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs;

/// <summary>What the catalogue stores.</summary>
[GenerateSerializer, Alias("dia.job-catalog-state"), StoredState("dia.job-catalog", version: 1)]
internal sealed class JobCatalogState
{
    /// <summary>The last place given.</summary>
    [Id(0)] public long LastSequence { get; set; }

    /// <summary>In the order of acceptance. Written before a job is stored: after a crash the last may be one that is not.</summary>
    [Id(1)] public List<CatalogEntry> Jobs { get; set; } = [];

    /// <summary>Keys of the last hour.</summary>
    [Id(2)] public List<KeyEntry> Keys { get; set; } = [];
}

/// <summary>A job and its place.</summary>
[GenerateSerializer, Immutable, Alias("dia.catalog-entry")]
internal sealed record CatalogEntry([property: Id(0)] Guid Id, [property: Id(1)] long Sequence);

/// <summary>An idempotency key, and what came under it.</summary>
/// <param name="Key">SHA-256 of the key, hexadecimal.</param>
/// <param name="Request">SHA-256 of the request, hexadecimal.</param>
/// <param name="Job">The job it became.</param>
/// <param name="At">When, UTC.</param>
[GenerateSerializer, Immutable, Alias("dia.job-key-entry")]
internal sealed record KeyEntry(
    [property: Id(0)] string Key,
    [property: Id(1)] string Request,
    [property: Id(2)] Guid Job,
    [property: Id(3)] DateTimeOffset At);
