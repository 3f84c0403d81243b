using DiaOrleans.Abstractions.Calls;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>
/// One background job, from its acceptance until it is deleted; the key is its id. Every change is stored before its call returns, but for
/// the token of a claim; a job that has ended is in the catalogue before its call returns. That there is no job is never said before the
/// store was read again.
/// </summary>
[Alias("dia.job")]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Stores the job as pending. Idempotent: a job that exists stays as it is.</summary>
    [Alias("submit"), ResponseTimeout(AnswerLimits.Single)]
    Task<StoredJob> Submit(JobSubmission submission);

    /// <summary>Whether the job was accepted, even if it is deleted since.</summary>
    [Alias("exists"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<bool> WasStored();

    /// <summary>The job as it was last stored; null if there is none or its retention time is over.</summary>
    [Alias("get"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<Job?> Get();

    /// <summary>Waits for a state that is newer than a known one.</summary>
    /// <param name="known">Number of the known state; 0 for none.</param>
    /// <param name="upTo">How long to wait, 20 s at most.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>The state at the end of the wait, newer or not; null if there is no such job.</returns>
    [Alias("watch"), AlwaysInterleave]
    Task<JobRevision?> Watch(long known, TimeSpan upTo, CancellationToken cancellation = default);

    /// <summary>
    /// Gives the job to the lease with this token; from then on older tokens are refused. The token is stored with the next change: if the
    /// activation is lost before, an older token is refused after that change. A job that was never stored is given up for good: it has
    /// ended.
    /// </summary>
    /// <param name="token">Fencing token of the lease, above 0.</param>
    [Alias("claim")]
    Task<JobClaim> Claim(long token);

    /// <summary>Sets the job to processing and counts a start.</summary>
    /// <returns>False if <paramref name="token"/> no longer holds the job or it has ended.</returns>
    [Alias("begin")]
    Task<bool> Begin(long token, JobStart start);

    /// <summary>Tells how far a run is, and gives the codes of its segment that were made since the last report. Kept in memory.</summary>
    /// <param name="token">Fencing token of the lease; ignored if it no longer holds the job.</param>
    /// <param name="report">How far the run is.</param>
    /// <returns>Number of frames that are kept of the call of the report's codes; the next report begins with that frame.</returns>
    [Alias("report"), AlwaysInterleave]
    Task<int> Report(long token, RunReport report);

    /// <summary>
    /// Stores the codes of a finished segment, so that another run of the job does not make them again. They are removed when the job ends.
    /// </summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="segment">Number of the segment, from 0.</param>
    /// <param name="codes">All its codes.</param>
    /// <returns>
    /// False if nothing is stored: the token no longer holds the job, the job has ended, or a segment before this one is not stored.
    /// </returns>
    [Alias("keep-segment")]
    Task<bool> KeepSegment(long token, int segment, SegmentCodes codes);

    /// <summary>Stores the codes that were reported of the segment that is being spoken: the run stops with its server.</summary>
    /// <param name="token">Fencing token of the lease; ignored if it no longer holds the job.</param>
    [Alias("keep-made")]
    Task KeepMade(long token);

    /// <summary>What earlier runs have made of a segment, in store or in memory; null if nothing is known of it.</summary>
    /// <param name="segment">Number of the segment, from 0.</param>
    [Alias("find-segment")]
    Task<SegmentCodes?> FindSegment(int segment);

    /// <summary>Completes the job with its result. Idempotent: the same result again returns true.</summary>
    /// <returns>False if <paramref name="token"/> no longer holds the job, or it has ended or not begun.</returns>
    [Alias("complete")]
    Task<bool> Complete(long token, JobResult result);

    /// <summary>Ends the job as failed. Idempotent for the same token and error.</summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="error">A sentence for the client.</param>
    /// <returns>False if <paramref name="token"/> no longer holds the job or it has ended.</returns>
    [Alias("fail")]
    Task<bool> Fail(long token, string error);

    /// <summary>
    /// Takes the counted start of a run back: the run ends for a reason outside the job, and another run follows. A job that has met
    /// faults for longer than the limit fails.
    /// </summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="fault">The fault that the run met, which may pass; null if it met none.</param>
    [Alias("give-back-run")]
    Task<JobRelease> Release(long token, RunFault? fault);

    /// <summary>Cancels the job unless it has ended.</summary>
    /// <returns>Null if there is no such job.</returns>
    [Alias("cancel"), ResponseTimeout(AnswerLimits.Several)]
    Task<JobCancellation?> Cancel();

    /// <summary>Waits until the run with <paramref name="token"/> must stop, because the job has ended or another token holds it.</summary>
    /// <param name="token">Fencing token of the lease.</param>
    /// <param name="upTo">How long to wait, 20 s at most.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <returns>True as soon as the run must stop, false at the end of the wait.</returns>
    [Alias("wait-for-end"), AlwaysInterleave]
    Task<bool> WaitForEnd(long token, TimeSpan upTo, CancellationToken cancellation = default);
}

/// <summary>A state of a job as clients see it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Number">
/// Grows with every change, also across restarts: the time of the change in milliseconds since 1970, or one more than before.
/// </param>
[GenerateSerializer, Immutable, Alias("dia.job-revision")]
public sealed record JobRevision([property: Id(0)] Job Job, [property: Id(1)] long Number);

/// <summary>The answer to a claim.</summary>
/// <param name="Assignment">What to render; null if the job must not be run.</param>
/// <param name="HasEnded">Whether the job has ended, which is proof enough to remove it from the queue.</param>
/// <param name="NewestToken">The largest token that has claimed the job.</param>
[GenerateSerializer, Immutable, Alias("dia.job-claim")]
public sealed record JobClaim(
    [property: Id(0)] JobAssignment? Assignment,
    [property: Id(1)] bool HasEnded,
    [property: Id(2)] long NewestToken);

/// <summary>What a run of a job renders.</summary>
/// <param name="Request">The request with its seed set and an alias replaced by the voice.</param>
/// <param name="IsUnmade">Whether nothing is known of any segment, so that none needs to be looked for.</param>
[GenerateSerializer, Immutable, Alias("dia.job-order")]
public sealed record JobAssignment([property: Id(0)] SpeechRequest Request, [property: Id(1)] bool IsUnmade);

/// <summary>What is known when a slot begins to decode.</summary>
/// <param name="WorkerId">The worker that runs the job, like <c>worker_1</c>.</param>
/// <param name="ProcessedText">The cleaned and tagged text.</param>
/// <param name="AudioPromptUsed">Whether the speech continues an audio prompt.</param>
[GenerateSerializer, Immutable, Alias("dia.job-start")]
public sealed record JobStart(
    [property: Id(0)] string WorkerId,
    [property: Id(1)] string ProcessedText,
    [property: Id(2)] bool AudioPromptUsed);

/// <summary>How far a run is.</summary>
/// <param name="Progress">0 to 1.</param>
/// <param name="Codes">Codes of the segment that is being spoken; null if there are none.</param>
[GenerateSerializer, Immutable, Alias("dia.run-report")]
public sealed record RunReport([property: Id(0)] double Progress, [property: Id(1)] NewCodes? Codes);

/// <summary>A fault that ended a run and may pass.</summary>
/// <param name="Lasted">For how long the run has met it; zero for a sudden one.</param>
/// <param name="MadeProgress">Whether the run had stored a segment before: then earlier faults have passed.</param>
[GenerateSerializer, Immutable, Alias("dia.run-fault")]
public sealed record RunFault([property: Id(0)] TimeSpan Lasted, [property: Id(1)] bool MadeProgress);

/// <summary>What became of a job whose run was given up.</summary>
/// <param name="HasEnded">Whether the job has ended.</param>
/// <param name="Pause">How long it is not run; zero if the run met no fault.</param>
[GenerateSerializer, Immutable, Alias("dia.job-release")]
public sealed record JobRelease([property: Id(0)] bool HasEnded, [property: Id(1)] TimeSpan Pause);

/// <summary>The answer to a cancellation.</summary>
/// <param name="Cancelled">Whether this call ended the job.</param>
/// <param name="Status">The job's status after the call.</param>
[GenerateSerializer, Immutable, Alias("dia.job-cancellation")]
public sealed record JobCancellation([property: Id(0)] bool Cancelled, [property: Id(1)] SpeechStatus Status);
