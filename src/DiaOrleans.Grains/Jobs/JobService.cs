using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;
using Polly;
using Polly.Retry;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Background jobs as a client uses them: submit, find, list, cancel, clear, read results.</summary>
/// <param name="grains">Calls the job grains.</param>
/// <param name="blobs">Holds the results.</param>
/// <param name="time">Clock of the pauses between attempts.</param>
public sealed class JobService(IGrainFactory grains, IBlobStore blobs, TimeProvider time)
{
    // A submission is idempotent by its id: if a silo stops, a write meets a newer version or the answer is late, it can be sent again.
    private readonly ResiliencePipeline _submissions = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e.IsSiloFault()),
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Constant,
            Delay = TimeSpan.FromMilliseconds(200),
        })
        .Build();

    private IJobCatalogGrain Catalog => grains.GetGrain<IJobCatalogGrain>(0);

    /// <summary>Accepts the job, or says why not. An accepted job is stored and survives the end of any process.</summary>
    /// <param name="request">The request, validated.</param>
    /// <param name="idempotencyKey">The client's key, or null: the same key with the same request within an hour is the same job.</param>
    /// <param name="voice">Id of the voice, if the request names it by an alias; else null.</param>
    /// <exception cref="OrleansException">Three attempts failed.</exception>
    /// <exception cref="TimeoutException">Three attempts failed.</exception>
    public async Task<JobAcceptance> Submit(SpeechRequest request, string? idempotencyKey = null, string? voice = null)
    {
        var submission = new JobSubmission
        {
            Id = Guid.NewGuid(),
            Request = request,
            DrawnSeed = RandomNumberGenerator.GetInt32(int.MaxValue),
            Key = idempotencyKey is null ? null : HashKey(idempotencyKey, request),
            Voice = voice,
        };
        return await _submissions.ExecuteAsync(async _ => await Catalog.Submit(submission));
    }

    /// <summary>The job; null if there is none or its retention time is over.</summary>
    public Task<Job?> Find(Guid id) => grains.GetGrain<IJobGrain>(id).Get();

    /// <summary>Lists jobs, newest first.</summary>
    /// <param name="status">Only jobs of this status; null for all.</param>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    public Task<JobPage> List(SpeechStatus? status, int limit) => Catalog.List(status, limit);

    /// <summary>The number of jobs of each status.</summary>
    public Task<JobCounts> Count() => Catalog.Count();

    /// <summary>Cancels the job unless it has ended; null if there is none. A running job stops within a second.</summary>
    public Task<JobCancellation?> Cancel(Guid id) => grains.GetGrain<IJobGrain>(id).Cancel();

    /// <summary>Removes all jobs that have ended, with their results, and returns their number.</summary>
    public Task<int> Clear() => Catalog.ClearEnded(null);

    /// <summary>A completed job's audio file; null if the job has no result or its file is gone.</summary>
    public Task<Stream?> OpenResult(Job job, CancellationToken cancellation) =>
        job.Result is { } result ? blobs.OpenRead(result.Key, cancellation) : Task.FromResult<Stream?>(null);

    private static JobKey HashKey(string key, SpeechRequest request) =>
        new(Hash(Encoding.UTF8.GetBytes(key)), Hash(JsonSerializer.SerializeToUtf8Bytes(request)));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
