using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Makes the answers to requests for speech.</summary>
internal static class SpeechAdmissions
{
    /// <summary>When a client may try again after a fault that passes.</summary>
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(10);

    public static SpeechAdmission Rejected(string reason) => new() { Outcome = AdmissionOutcome.Rejected, Reason = reason };

    public static SpeechAdmission VoiceNotFound(FirstVoices known) =>
        new() { Outcome = AdmissionOutcome.VoiceNotFound, AvailableVoices = known.Ids, FurtherVoices = known.Further };

    /// <summary>The answer if the speech cannot be begun because of a fault.</summary>
    public static SpeechAdmission FromFault(RenderException fault) => new()
    {
        Outcome = fault.Passing ? AdmissionOutcome.Unavailable : AdmissionOutcome.Failed,
        Reason = fault.Message,
        RetryAfter = fault.Passing ? FaultPause : null,
    };

    /// <summary>The answer that follows from a worker's.</summary>
    public static SpeechAdmission FromWorker(WorkAdmission answer) => new()
    {
        Outcome = answer.Outcome switch
        {
            WorkOutcome.Accepted => AdmissionOutcome.Accepted,
            WorkOutcome.Busy => AdmissionOutcome.Busy,
            WorkOutcome.Unavailable => AdmissionOutcome.Unavailable,
            WorkOutcome.Rejected => AdmissionOutcome.Rejected,
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.Outcome, "An outcome without an answer for clients."),
        },
        Reason = answer.Reason,
        RetryAfter = answer.RetryAfter,
    };
}
