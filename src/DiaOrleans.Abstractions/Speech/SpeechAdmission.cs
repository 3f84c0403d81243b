namespace DiaOrleans.Abstractions.Speech;

/// <summary>What became of a request at the door.</summary>
public enum AdmissionOutcome
{
    /// <summary>A worker has it.</summary>
    Accepted,

    /// <summary>No such voice; <see cref="SpeechAdmission.AvailableVoices"/> names those there are.</summary>
    VoiceNotFound,

    /// <summary>The bound of waiting work is reached; try again after <see cref="SpeechAdmission.RetryAfter"/>.</summary>
    Busy,

    /// <summary>No worker: none has a loaded model, or all are draining.</summary>
    Unavailable,

    /// <summary>The request cannot be served; <see cref="SpeechAdmission.Reason"/> says how to mend it.</summary>
    Rejected,
}

/// <summary>The answer to <see cref="ISpeechGrain.Start"/>.</summary>
[GenerateSerializer, Immutable, Alias("dia.speech-admission")]
public sealed record SpeechAdmission
{
    /// <summary>What became of the request.</summary>
    [Id(0)] public required AdmissionOutcome Outcome { get; init; }

    /// <summary>A sentence for the client, where refused.</summary>
    [Id(1)] public string? Reason { get; init; }

    /// <summary>When to try again, where busy or unavailable.</summary>
    [Id(2)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>Ids in creation order, where the voice is unknown.</summary>
    [Id(3)] public IReadOnlyList<string> AvailableVoices { get; init; } = [];
}
