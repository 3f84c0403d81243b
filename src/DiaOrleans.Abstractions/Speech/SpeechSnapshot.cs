namespace DiaOrleans.Abstractions.Speech;

/// <summary>State of a request or a job. It only moves forward; the last three are final.</summary>
public enum SpeechStatus
{
    /// <summary>Waiting for a slot.</summary>
    Pending,

    /// <summary>In a slot.</summary>
    Processing,

    /// <summary>All its audio can be read.</summary>
    Completed,

    /// <summary>It ended without its audio; an error says why.</summary>
    Failed,

    /// <summary>Stopped by its client.</summary>
    Cancelled,
}

/// <summary>A request's state at one moment.</summary>
[GenerateSerializer, Immutable, Alias("dia.speech-snapshot")]
public sealed record SpeechSnapshot
{
    /// <summary>The request's state.</summary>
    [Id(0)] public required SpeechStatus Status { get; init; }

    /// <summary>The cleaned and tagged text; null before admission.</summary>
    [Id(1)] public string? ProcessedText { get; init; }

    /// <summary>Encoded bytes that can be read so far.</summary>
    [Id(2)] public long AudioBytes { get; init; }

    /// <summary>A sentence for the client, if failed.</summary>
    [Id(3)] public string? Error { get; init; }

    /// <summary>Text ids given to the model so far, prompt transcripts included.</summary>
    [Id(4)] public int InputTokens { get; init; }

    /// <summary>New frames so far.</summary>
    [Id(5)] public int OutputTokens { get; init; }

    /// <summary>True if it failed because its audio could not be kept until its client reads it.</summary>
    [Id(6)] public bool NoSpace { get; init; }

    /// <summary>True if it failed because its worker was lost and no other one could go on: the same request may succeed later.</summary>
    [Id(7)] public bool CanSucceedLater { get; init; }

    /// <summary>True if it failed because the recording of its voice and the transcript do not go together.</summary>
    [Id(8)] public bool BadTranscript { get; init; }
}
