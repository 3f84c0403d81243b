using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// The stored state of a job and its transitions: <c>pending -> processing -> completed | failed</c>, and <c>cancelled</c> from either of
/// the first two. A transition returns the next record, or null if it is refused: a final record has no next one, and only the newest
/// token moves a job.
/// </summary>
[GenerateSerializer, Immutable, Alias("dia.job-record")]
internal sealed record JobRecord
{
    /// <summary>
    /// Starts after which a job fails instead of being run again. A run that ends without a report has probably ended its server's process.
    /// </summary>
    public const int MaxStarts = 20;

    /// <summary>The job as clients see it.</summary>
    [Id(0)] public required Job Job { get; init; }

    /// <summary>The seed to use if the request has none.</summary>
    [Id(1)] public required long DrawnSeed { get; init; }

    /// <summary>Fencing token of the lease that may run the job; 0 before the first.</summary>
    [Id(2)] public long Token { get; init; }

    /// <summary>Runs that began and were not released.</summary>
    [Id(3)] public int Starts { get; init; }

    /// <summary>Token of the last run that is counted in <see cref="Starts"/>, or 0. Written since version 2.</summary>
    [Id(4)] public long Counted { get; init; }

    /// <summary>Id of the voice, if the request names it by an alias; else null. Written since version 2.</summary>
    [Id(5)] public string? Voice { get; init; }

    /// <summary>The record of a new, pending job.</summary>
    public static JobRecord Submit(JobSubmission submission, DateTimeOffset now) => new()
    {
        Job = new Job { Id = submission.Id, Request = submission.Request, CreatedAt = now },
        DrawnSeed = submission.DrawnSeed,
        Voice = submission.Voice,
    };

    /// <summary>The request with the seed and the voice that every run of the job uses.</summary>
    public JobAssignment ToAssignment() => new(Job.Request with
    {
        Seed = Job.Request.Seed is { } seed and not -1 ? seed : DrawnSeed,
        VoiceId = Voice ?? Job.Request.VoiceId,
    });

    /// <summary>Gives the job to this token or a newer one. A job that has begun <see cref="MaxStarts"/> times fails instead.</summary>
    public JobRecord? Claim(long token, DateTimeOffset now)
    {
        if (Job.Status.IsFinal() || token < Token) return null;
        var claimed = this with { Token = token };
        return Starts < MaxStarts ? claimed : claimed.Fail(token, $"The job was started {Starts} times and never came to its end.", now);
    }

    public JobRecord? Begin(long token, JobStart start, DateTimeOffset now)
    {
        if (!MayMove(token)) return null;
        var job = Job with
        {
            Status = SpeechStatus.Processing,
            StartedAt = now,
            WorkerId = start.WorkerId,
            ProcessedText = start.ProcessedText,
            AudioPromptUsed = start.AudioPromptUsed,
        };
        return this with { Job = job, Starts = Counted == token ? Starts : Starts + 1, Counted = token };
    }

    /// <summary>Takes back that the run with this token began; null if that is not counted.</summary>
    public JobRecord? Release(long token) => MayMove(token) && Counted == token ? this with { Starts = Starts - 1, Counted = 0 } : null;

    public JobRecord? Complete(long token, JobResult result, DateTimeOffset now) => MayMove(token) && Job.Status == SpeechStatus.Processing
        ? this with { Job = Job with { Status = SpeechStatus.Completed, CompletedAt = now, Result = result } }
        : null;

    public JobRecord? Fail(long token, string error, DateTimeOffset now) => MayMove(token)
        ? this with { Job = Job with { Status = SpeechStatus.Failed, StartedAt = Job.StartedAt ?? now, CompletedAt = now, Error = error } }
        : null;

    public JobRecord? Cancel(DateTimeOffset now) => Job.Status.IsFinal()
        ? null
        : this with { Job = Job with { Status = SpeechStatus.Cancelled, CompletedAt = now } };

    /// <summary>Whether a run with this token must stop.</summary>
    public bool MustStop(long token) => Job.Status.IsFinal() || token < Token;

    private bool MayMove(long token) => !Job.Status.IsFinal() && token == Token && token > 0;
}
