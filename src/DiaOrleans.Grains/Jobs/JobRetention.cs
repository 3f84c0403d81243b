using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>Which statuses are final, and how long ended jobs are kept.</summary>
public static class JobRetention
{
    /// <summary>For this time an ended job and its result can be read, and an idempotency key holds; docs/api.md, Jobs.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromHours(1);

    /// <summary>Whether the status never changes again.</summary>
    public static bool IsFinal(this SpeechStatus status) =>
        status is SpeechStatus.Completed or SpeechStatus.Failed or SpeechStatus.Cancelled;

    /// <summary>Whether the retention time that began at <paramref name="from"/> is over; false if it has not begun (null).</summary>
    public static bool IsExpired(DateTimeOffset? from, DateTimeOffset now) => from + Time <= now;

    /// <summary>Whether the job is unknown to clients because it ended too long ago.</summary>
    public static bool IsExpired(this Job job, DateTimeOffset now) => IsExpired(job.CompletedAt, now);
}
