using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Speech;

/// <summary>A request's state at one moment.</summary>
public sealed record SpeechSnapshot
{
    /// <summary>The request's state.</summary>
    public required SpeechStatus Status { get; init; }

    /// <summary>The cleaned and tagged text; null before admission.</summary>
    public string? ProcessedText { get; init; }

    /// <summary>Encoded bytes that were made so far.</summary>
    public long AudioBytes { get; init; }

    /// <summary>A sentence for the client, if failed.</summary>
    public string? Error { get; init; }

    /// <summary>Text ids given to the model so far, prompt transcripts included.</summary>
    public int InputTokens { get; init; }

    /// <summary>New frames so far.</summary>
    public int OutputTokens { get; init; }

    /// <summary>True if it failed because its audio could not be kept until its client reads it.</summary>
    public bool NoSpace { get; init; }

    /// <summary>True if it failed because its worker was lost and no other one could go on: the same request may succeed later.</summary>
    public bool CanSucceedLater { get; init; }

    /// <summary>True if it failed because the recording of its voice and the transcript do not go together.</summary>
    public bool BadTranscript { get; init; }
}
