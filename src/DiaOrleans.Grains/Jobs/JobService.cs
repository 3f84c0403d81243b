using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Where clients' background jobs are handed in, asked about and fetched.</summary>
public sealed class JobService(IGrainFactory grains, IBlobStore blobs, TimeProvider time)
{
    private const int Tries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private IJobCatalogGrain Catalog => grains.GetGrain<IJobCatalogGrain>(0);

    /// <summary>Accepts the job, or says why not. Accepted means stored: the job survives the death of any process.</summary>
    /// <param name="request">Validated.</param>
    /// <param name="idempotencyKey">The client's, or null: the same key with the same request within an hour is the same job.</param>
    /// <param name="voice">The voice that speaks, where the request names it by an alias.</param>
    public async Task<JobAcceptance> Submit(SpeechRequest request, string? idempotencyKey = null, string? voice = null)
    {
        var submission = new JobSubmission
        {
            Id = Guid.NewGuid(),
            Request = request,
            DrawnSeed = RandomNumberGenerator.GetInt32(int.MaxValue),
            Key = idempotencyKey is null ? null : new JobKey(Hash(Encoding.UTF8.GetBytes(idempotencyKey)), Hash(JsonSerializer.SerializeToUtf8Bytes(request))),
            Voice = voice,
        };
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                return await Catalog.Submit(submission);
            }
            catch (Exception e) when (left > 0 && e is OrleansException or TimeoutException)
            {
                // Another silo takes over, a write met a newer one, or the answer is late. The same id again is the same job.
                await Task.Delay(BetweenTries, time);
            }
        }
    }

    /// <summary>The job, or null where there is none or its keeping is over.</summary>
    public Task<Job?> Find(Guid id) => grains.GetGrain<IJobGrain>(id).Get();

    /// <summary>Newest first, of one status where <paramref name="status"/> is not null.</summary>
    public Task<JobPage> List(SpeechStatus? status, int limit) => Catalog.List(status, limit);

    /// <summary>How many there are of each status.</summary>
    public Task<JobCounts> Count() => Catalog.Count();

    /// <summary>Ends the job unless it has ended; null where there is none. A running one stops within a second.</summary>
    public Task<JobCancellation?> Cancel(Guid id) => grains.GetGrain<IJobGrain>(id).Cancel();

    /// <summary>Removes all jobs that have ended, with their results, and returns how many.</summary>
    public Task<int> Clear() => Catalog.ClearEnded(null);

    /// <summary>A completed job's audio, or null where it is gone.</summary>
    public Task<Stream?> OpenResult(Job job, CancellationToken cancellation) =>
        job.Result is { } result ? blobs.OpenRead(result.Key, cancellation) : Task.FromResult<Stream?>(null);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
