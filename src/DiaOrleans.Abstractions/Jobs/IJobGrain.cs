using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>One background job, from its acceptance to the end of its keeping; the key is its id. Every change is stored before its call returns.</summary>
[Alias("dia.job")]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Stores the job as pending. Idempotent: a known job stays as it is and is returned.</summary>
    [Alias("submit")]
    Task<Job> Submit(JobSubmission submission);

    /// <summary>The job as stored, or null where there is none or its keeping is over. Interleaves, because the catalogue asks while a job reports to it.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Job?> Get();

    /// <summary>Makes <paramref name="token"/> the only one that may run the job. Null: do not run it, it has ended or a newer token has it.</summary>
    [Alias("claim")]
    Task<JobOrder?> Claim(long token);

    /// <summary>The job is processing from here on. False where <paramref name="token"/> has it no more.</summary>
    [Alias("begin")]
    Task<bool> Begin(long token, JobStart start);

    /// <summary>Publishes the result. False where <paramref name="token"/> has the job no more or it has ended; the same result again is true.</summary>
    [Alias("complete")]
    Task<bool> Complete(long token, JobResult result);

    /// <summary>Ends the job with a sentence for its client. False where <paramref name="token"/> has it no more or it has ended.</summary>
    [Alias("fail")]
    Task<bool> Fail(long token, string error);

    /// <summary>The run under <paramref name="token"/> ends without the job's fault and another one may follow: its start does not count. False where there was none to take back.</summary>
    [Alias("give-back")]
    Task<bool> GiveBack(long token);

    /// <summary>Ends the job unless it has ended; null where there is none.</summary>
    [Alias("cancel")]
    Task<JobCancellation?> Cancel();

    /// <summary>Returns true as soon as <paramref name="token"/> must stop, because the job has ended or another token has it, and false after <paramref name="upTo"/> (20 s at most).</summary>
    [Alias("wait-for-end"), AlwaysInterleave]
    Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>Removes the job and its result. False where it has not ended.</summary>
    [Alias("forget")]
    Task<bool> Forget();
}

/// <summary>What is handed in.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-submission")]
public sealed record JobSubmission
{
    /// <summary>Drawn by whoever submits, so that a repeated call is the same job.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>As the client sent it.</summary>
    [Id(1)] public required SpeechRequest Request { get; init; }

    /// <summary>The seed to use where the client sent none: stored, so that every run of the job gives the same audio.</summary>
    [Id(2)] public required long DrawnSeed { get; init; }

    /// <summary>The client's idempotency key, or null.</summary>
    [Id(3)] public JobKey? Key { get; init; }

    /// <summary>The voice that speaks, where the request names it by an alias; else null.</summary>
    [Id(4)] public string? Voice { get; init; }
}

/// <summary>An idempotency key and what was sent with it, as SHA-256 in hexadecimal.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-key")]
public sealed record JobKey([property: Id(0)] string KeyHash, [property: Id(1)] string RequestHash);

/// <summary>What a run is to make: a request that has its seed, and the voice that an alias stands for.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-order")]
public sealed record JobOrder([property: Id(0)] SpeechRequest Request);

/// <summary>What is known when a slot begins to decode.</summary>
/// <param name="WorkerId">Who runs it.</param>
/// <param name="ProcessedText">The cleaned and tagged text.</param>
/// <param name="AudioPromptUsed">Whether a recording is continued.</param>
[GenerateSerializer, Immutable, Alias("dia.job-start")]
public sealed record JobStart(
    [property: Id(0)] string WorkerId,
    [property: Id(1)] string ProcessedText,
    [property: Id(2)] bool AudioPromptUsed);

/// <summary>The answer to a cancellation.</summary>
/// <param name="Cancelled">Whether this call ended the job.</param>
/// <param name="Status">Where the job stands now.</param>
[GenerateSerializer, Immutable, Alias("dia.job-cancellation")]
public sealed record JobCancellation([property: Id(0)] bool Cancelled, [property: Id(1)] SpeechStatus Status);
