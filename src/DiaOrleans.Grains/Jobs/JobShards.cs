using System.Buffers.Binary;
using DiaOrleans.Abstractions.Jobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Which grain keeps what of a job. The numbers of shards of the catalogue and of the keys must never change.</summary>
internal static class JobShards
{
    /// <summary>Shards of the catalogue.</summary>
    public const int Catalog = 16;

    /// <summary>Shards of the idempotency keys.</summary>
    public const int Keys = 16;

    /// <summary>The pool of all workers.</summary>
    private const string Pool = "default";

    /// <summary>Key of a queue by its number, from 0.</summary>
    public static string QueueKey(int shard) => FormattableString.Invariant($"{Pool}/{shard}");

    /// <summary>Key of the queue for a new job.</summary>
    public static string QueueKey(Guid job, JobOptions options) => QueueKey((int)(Hash(job) / Catalog % (uint)options.JobQueueShards));

    /// <summary>The catalogue's shard of a job.</summary>
    public static IJobCatalogGrain JobCatalog(this IGrainFactory grains, Guid job) =>
        grains.GetGrain<IJobCatalogGrain>(CatalogShard(job));

    /// <summary>Number of the catalogue's shard of a job.</summary>
    public static int CatalogShard(Guid job) => (int)(Hash(job) % Catalog);

    /// <summary>All shards of the catalogue.</summary>
    public static IJobCatalogGrain[] JobCatalogs(this IGrainFactory grains) =>
        [.. Enumerable.Range(0, Catalog).Select(shard => grains.GetGrain<IJobCatalogGrain>(shard))];

    /// <summary>The shard of an idempotency key.</summary>
    /// <param name="grains">Calls it.</param>
    /// <param name="keyHash">SHA-256 of the key, hexadecimal.</param>
    public static IJobKeysGrain JobKeys(this IGrainFactory grains, string keyHash) =>
        grains.GetGrain<IJobKeysGrain>(Convert.FromHexString(keyHash[..2])[0] % Keys);

    /// <summary>Random ids are spread evenly; the first and the third part of those of version 7 are not random.</summary>
    private static uint Hash(Guid job)
    {
        Span<byte> bytes = stackalloc byte[16];
        job.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
    }
}
