using System.Text.Json.Serialization;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Abstractions.Jobs;

/// <summary>A background job as it was last stored; docs/api.md, Jobs.</summary>
[GenerateSerializer, Immutable, Alias("dia.job-facts")]
public sealed record Job
{
    /// <summary>Key of its grain.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The request as the client sent it: what was null stays null.</summary>
    [Id(1)] public required SpeechRequest Request { get; init; }

    /// <summary>Only moves forward; a final status never changes.</summary>
    [Id(2)] public SpeechStatus Status { get; init; }

    /// <summary>When it was accepted, UTC.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last run began, UTC; null before.</summary>
    [Id(4)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it reached its final status, UTC; null before.</summary>
    [Id(5)] public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The cleaned and tagged text; null before a run began.</summary>
    [Id(6)] public string? ProcessedText { get; init; }

    /// <summary>Whether the speech continues an audio prompt.</summary>
    [Id(7)] public bool AudioPromptUsed { get; init; }

    /// <summary>The audio, if completed; else null.</summary>
    [Id(8)] public JobResult? Result { get; init; }

    /// <summary>A sentence for the client, if failed; else null.</summary>
    [Id(9)] public string? Error { get; init; }

    /// <summary>The worker that ran it last, like <c>worker_1</c>; null before a run began.</summary>
    [Id(10)] public string? WorkerId { get; init; }

    /// <summary>The seed of its audio. Not stored with the job: it follows from what is.</summary>
    [Id(11), JsonIgnore] public long? SeedUsed { get; init; }

    /// <summary>0 to 1, by frames against the plan; 1 if completed, null before a run began. Not stored.</summary>
    [Id(12), JsonIgnore] public double? PartDone { get; init; }

    /// <summary>Seconds to its end at the speed so far; 0 if completed, null where not known. Not stored.</summary>
    [Id(13), JsonIgnore] public double? EtaSeconds { get; init; }
}

/// <summary>A job's audio file in the blob store.</summary>
/// <param name="Key">Its key there: <c>job_results/JOB-TOKEN.FORMAT</c>.</param>
/// <param name="Size">Bytes.</param>
[GenerateSerializer, Immutable, Alias("dia.job-result")]
public sealed record JobResult([property: Id(0)] string Key, [property: Id(1)] long Size);
