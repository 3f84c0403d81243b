using DiaOrleans.Abstractions.Speech;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// One background job, from its acceptance until it is deleted; the key is its id. Every change is stored before its call returns.
/// </summary>
[Alias("dia.job")]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Stores the job as pending. Idempotent: a job that exists stays as it is and is returned.</summary>
    [Alias("submit")]
    Task<Job> Submit(JobSubmission submission);

    /// <summary>
    /// The job as it was last stored; null if there is none or its retention time is over. Interleaves, because the catalogue calls it
    /// while the job reports to the catalogue.
    /// </summary>
    [Alias("get"), AlwaysInterleave]
    Task<Job?> Get();

    /// <summary>Gives the job to the lease with this token; from then on older tokens are refused.</summary>
    /// <param name="token">Fencing token of the lease, above 0.</param>
    /// <returns>What to render; null if the job must not be run, because it has ended or a newer token holds it.</returns>
    [Alias("claim")]
    Task<JobAssignment?> Claim(long token);

    /// <summary>Sets the job to processing and counts a start.</summary>
    /// <returns>False if <paramref name="token"/> no longer holds the job or it has ended.</returns>
    [Alias("begin")]
    Task<bool> Begin(long token, JobStart start);

    /// <summary>Completes the job with its result. Idempotent: the same result again returns true.</summary>
    /// <returns>False if <paramref name="token"/> no longer holds the job, or it has ended or not begun.</returns>
    [Alias("complete")]
    Task<bool> Complete(long token, JobResult result);

    /// <summary>Ends the job as failed.</summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="error">A sentence for the client.</param>
    /// <returns>False if <paramref name="token"/> no longer holds the job or it has ended.</returns>
    [Alias("fail")]
    Task<bool> Fail(long token, string error);

    /// <summary>Takes the counted start of a run back: the run ends for a reason outside the job, and another run follows.</summary>
    /// <returns>False if the run with <paramref name="token"/> has no counted start or no longer holds the job.</returns>
    [Alias("give-back")]
    Task<bool> Release(long token);

    /// <summary>Cancels the job unless it has ended.</summary>
    /// <returns>Null if there is no such job.</returns>
    [Alias("cancel")]
    Task<JobCancellation?> Cancel();

    /// <summary>Waits until the run with <paramref name="token"/> must stop, because the job has ended or another token holds it.</summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="upTo">How long to wait, 20 s at most.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>True as soon as the run must stop, false at the end of the wait.</returns>
    [Alias("wait-for-end"), AlwaysInterleave]
    Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>Deletes the job and its result. Idempotent.</summary>
    /// <returns>False if the job has not ended; then nothing changes.</returns>
    [Alias("forget")]
    Task<bool> Delete();
}

/// <summary>A job as it is submitted.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-submission")]
public sealed record JobSubmission
{
    /// <summary>Id of the job, drawn by the caller, so that a repeated call is the same job.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The request as the client sent it, validated.</summary>
    [Id(1)] public required SpeechRequest Request { get; init; }

    /// <summary>
    /// The seed to use if the client sent none, 0 or more. It is stored, so that every run of the job gives the same audio.
    /// </summary>
    [Id(2)] public required long DrawnSeed { get; init; }

    /// <summary>The client's idempotency key, or null.</summary>
    [Id(3)] public JobKey? Key { get; init; }

    /// <summary>Id of the voice, if the request names it by an alias; else null.</summary>
    [Id(4)] public string? Voice { get; init; }
}

/// <summary>An idempotency key and the request that was sent with it.</summary>
/// <param name="KeyHash">SHA-256 of the key, hexadecimal.</param>
/// <param name="RequestHash">SHA-256 of the request, hexadecimal.</param>
[GenerateSerializer, Immutable, Alias("dia.job-key")]
public sealed record JobKey([property: Id(0)] string KeyHash, [property: Id(1)] string RequestHash);

/// <summary>What a run of a job renders.</summary>
/// <param name="Request">The request with its seed set and an alias replaced by the voice.</param>
[GenerateSerializer, Immutable, Alias("dia.job-order")]
public sealed record JobAssignment([property: Id(0)] SpeechRequest Request);

/// <summary>What is known when a slot begins to decode.</summary>
/// <param name="WorkerId">The worker that runs the job, like <c>worker_1</c>.</param>
/// <param name="ProcessedText">The cleaned and tagged text.</param>
/// <param name="AudioPromptUsed">Whether the speech continues an audio prompt.</param>
[GenerateSerializer, Immutable, Alias("dia.job-start")]
public sealed record JobStart(
    [property: Id(0)] string WorkerId,
    [property: Id(1)] string ProcessedText,
    [property: Id(2)] bool AudioPromptUsed);

/// <summary>The answer to a cancellation.</summary>
/// <param name="Cancelled">Whether this call ended the job.</param>
/// <param name="Status">The job's status after the call.</param>
[GenerateSerializer, Immutable, Alias("dia.job-cancellation")]
public sealed record JobCancellation([property: Id(0)] bool Cancelled, [property: Id(1)] SpeechStatus Status);
