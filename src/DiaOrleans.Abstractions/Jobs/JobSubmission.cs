using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Abstractions.Jobs;

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

    /// <summary>Whether it came with an idempotency key: then the job's row outlives the job until the key has expired.</summary>
    [Id(3)] public bool Keyed { get; init; }

    /// <summary>Id of the voice, if the request names it by an alias; else null.</summary>
    [Id(4)] public string? Voice { get; init; }

    /// <summary>Key of the queue that has a place for it.</summary>
    [Id(5)] public required string Queue { get; init; }

    /// <summary>Its sequence number there.</summary>
    [Id(6)] public required long Sequence { get; init; }
}

/// <summary>What became of a job that was to be stored.</summary>
public enum StoredJob
{
    /// <summary>The job is stored, and has not ended.</summary>
    Unfinished,

    /// <summary>The job was stored before, and has ended.</summary>
    Ended,

    /// <summary>A runner met the place without the job and gave it up. The same request needs another id.</summary>
    Abandoned,
}

/// <summary>The outcome of a submission.</summary>
public enum JobOutcome
{
    /// <summary>The job is stored and will run.</summary>
    Accepted,

    /// <summary>Too many jobs are pending; try again after <see cref="JobAcceptance.RetryAfter"/>.</summary>
    Busy,

    /// <summary>The idempotency key was used for another request within the last hour.</summary>
    KeyReused,
}

/// <summary>The answer to a submission.</summary>
/// <param name="Outcome">Whether the job is accepted.</param>
/// <param name="JobId">The job, if accepted. For a repeated idempotency key it is the job of the first submission.</param>
/// <param name="RetryAfter">When to try again, if busy; else null.</param>
[GenerateSerializer, Immutable, Alias("dia.job-acceptance")]
public sealed record JobAcceptance(
    [property: Id(0)] JobOutcome Outcome,
    [property: Id(1)] Guid JobId = default,
    [property: Id(2)] TimeSpan? RetryAfter = null);
