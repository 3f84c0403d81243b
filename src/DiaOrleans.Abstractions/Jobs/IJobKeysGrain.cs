using DiaOrleans.Abstractions.Calls;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// One shard of the stored idempotency keys of submissions. Each is kept for an hour. The key is the number of the shard, which follows
/// from the hash of the idempotency key.
/// </summary>
[Alias("dia.job-keys")]
public interface IJobKeysGrain : IGrainWithIntegerKey
{
    /// <summary>The job of an idempotency key; null if the key is not known or an hour old.</summary>
    [Alias("find"), ResponseTimeout(AnswerLimits.Single)]
    Task<KeyedJob?> Find(string keyHash);

    /// <summary>Stores which job a key belongs to, unless that is known.</summary>
    /// <param name="job">The key, its request and the new job.</param>
    /// <param name="instead">The job to replace, which was never accepted; null for none.</param>
    /// <returns>The job that the key belongs to after the call.</returns>
    [Alias("reserve"), ResponseTimeout(AnswerLimits.Single)]
    Task<KeyedJob> Reserve(KeyedJob job, Guid? instead = null);
}

/// <summary>An idempotency key and its first submission.</summary>
/// <param name="KeyHash">SHA-256 of the key, hexadecimal.</param>
/// <param name="RequestHash">SHA-256 of the canonical form of the request, hexadecimal; null if it is not known.</param>
/// <param name="Job">The job of the first submission.</param>
/// <param name="At">Time of the first submission, UTC.</param>
[GenerateSerializer, Immutable, Alias("dia.keyed-job")]
public sealed record KeyedJob(
    [property: Id(0)] string KeyHash,
    [property: Id(1)] string? RequestHash,
    [property: Id(2)] Guid Job,
    [property: Id(3)] DateTimeOffset At);
