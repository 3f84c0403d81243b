using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Which jobs have ended, and how long those are kept.</summary>
internal static class JobRetention
{
    /// <summary>An ended job and its result can be read for so long.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromHours(1);

    public static bool IsFinal(this SpeechStatus status) => status is SpeechStatus.Completed or SpeechStatus.Failed or SpeechStatus.Cancelled;

    /// <summary>Whether a job that ended then is unknown now.</summary>
    public static bool IsOver(DateTimeOffset? endedAt, DateTimeOffset now) => endedAt + Time <= now;

    public static bool IsOver(this Job job, DateTimeOffset now) => IsOver(job.CompletedAt, now);
}
