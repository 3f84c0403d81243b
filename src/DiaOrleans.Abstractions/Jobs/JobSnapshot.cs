namespace DiaOrleans.Abstractions.Jobs;

/// <summary>Where a job stands. It only moves forward; the last three are final.</summary>
public enum JobStatus
{
    /// <summary>Waiting for a slot.</summary>
    Pending,

    /// <summary>A slot decodes it.</summary>
    Processing,

    /// <summary>Its audio can be read.</summary>
    Completed,

    /// <summary><see cref="JobSnapshot.Error"/> says why.</summary>
    Failed,

    /// <summary>Stopped by its client.</summary>
    Cancelled,
}

/// <summary>A job as it stands now.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="ProcessedText">The cleaned and tagged text, null before admission.</param>
/// <param name="AudioBytes">Size of the encoded audio, where completed.</param>
/// <param name="Error">A sentence for the client, where failed.</param>
[GenerateSerializer, Immutable, Alias("dia.job-snapshot")]
public sealed record JobSnapshot(
    [property: Id(0)] JobStatus Status,
    [property: Id(1)] string? ProcessedText,
    [property: Id(2)] long? AudioBytes,
    [property: Id(3)] string? Error);
