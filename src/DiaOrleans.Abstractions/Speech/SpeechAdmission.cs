namespace DiaOrleans.Abstractions.Speech;

/// <summary>Whether a request will be served.</summary>
public enum AdmissionOutcome
{
    /// <summary>A worker has admitted it.</summary>
    Accepted,

    /// <summary>There is no such voice; <see cref="SpeechAdmission.AvailableVoices"/> names those there are.</summary>
    VoiceNotFound,

    /// <summary>The limit of waiting work is reached; try again after <see cref="SpeechAdmission.RetryAfter"/>.</summary>
    Busy,

    /// <summary>No worker can take it: none has a loaded model, or all are draining.</summary>
    Unavailable,

    /// <summary>The request cannot be served; <see cref="SpeechAdmission.Reason"/> says what to change.</summary>
    Rejected,

    /// <summary>A fault of the server; <see cref="SpeechAdmission.Reason"/> says which.</summary>
    Failed,
}

/// <summary>The answer to a request.</summary>
public sealed record SpeechAdmission
{
    /// <summary>Whether the request will be served.</summary>
    public required AdmissionOutcome Outcome { get; init; }

    /// <summary>A sentence for the client, if refused.</summary>
    public string? Reason { get; init; }

    /// <summary>When to try again, if busy or unavailable.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The first ids in creation order, if the voice is unknown.</summary>
    public IReadOnlyList<string> AvailableVoices { get; init; } = [];

    /// <summary>How many voices follow <see cref="AvailableVoices"/>.</summary>
    public int FurtherVoices { get; init; }
}
