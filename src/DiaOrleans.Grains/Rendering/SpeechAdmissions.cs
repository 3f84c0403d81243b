using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>The answers at the door.</summary>
internal static class SpeechAdmissions
{
    public static SpeechAdmission Rejected(string reason) => new() { Outcome = AdmissionOutcome.Rejected, Reason = reason };

    public static SpeechAdmission VoiceNotFound(IReadOnlyList<string> available) => new() { Outcome = AdmissionOutcome.VoiceNotFound, AvailableVoices = available };

    /// <summary>What a client hears of a worker's answer.</summary>
    public static SpeechAdmission From(WorkAdmission answer) => new()
    {
        Outcome = answer.Outcome switch
        {
            WorkOutcome.Accepted => AdmissionOutcome.Accepted,
            WorkOutcome.Busy => AdmissionOutcome.Busy,
            WorkOutcome.Unavailable => AdmissionOutcome.Unavailable,
            WorkOutcome.Rejected => AdmissionOutcome.Rejected,
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.Outcome, "A worker's answer that requests do not know."),
        },
        Reason = answer.Reason,
        RetryAfter = answer.RetryAfter,
    };
}
