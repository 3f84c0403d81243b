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
