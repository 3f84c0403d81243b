using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// A job's life: <c>pending -> processing -> completed | failed</c>, and <c>cancelled</c> from either of the first two. Every transition gives the next record, or null where it is
/// refused: a final record has none, and only the newest token moves a job.
/// </summary>
[GenerateSerializer, Immutable, Alias("dia.job-record")]
internal sealed record JobRecord
{
    /// <summary>A job that began so often, and whose runs then vanished without a word, takes its server down.</summary>
    public const int MostStarts = 20;

    /// <summary>What clients see.</summary>
    [Id(0)] public required Job Job { get; init; }

    /// <summary>The seed, where the request has none.</summary>
    [Id(1)] public required long DrawnSeed { get; init; }

    /// <summary>Of the lease that may run the job; 0 before the first.</summary>
    [Id(2)] public long Token { get; init; }

    /// <summary>Runs that began and were not given back.</summary>
    [Id(3)] public int Starts { get; init; }

    /// <summary>Token of the last run that counts among <see cref="Starts"/>, or 0. Written since version 2.</summary>
    [Id(4)] public long Counted { get; init; }

    /// <summary>The voice that speaks, where the request names it by an alias; else null. Written since version 2.</summary>
    [Id(5)] public string? Voice { get; init; }

    public static JobRecord Submit(JobSubmission submission, DateTimeOffset now) => new()
    {
        Job = new Job { Id = submission.Id, Request = submission.Request, CreatedAt = now },
        DrawnSeed = submission.DrawnSeed,
        Voice = submission.Voice,
    };

    /// <summary>The request with the seed and the voice that every run of the job uses.</summary>
    public JobOrder ToOrder() => new(Job.Request with { Seed = Job.Request.Seed is { } seed and not -1 ? seed : DrawnSeed, VoiceId = Voice ?? Job.Request.VoiceId });

    /// <summary>Gives the job to a newer lease; the same lease may ask again. Ends the job instead where it began <see cref="MostStarts"/> times.</summary>
    public JobRecord? Claim(long token, DateTimeOffset now)
    {
        if (Job.Status.IsFinal() || token < Token) return null;
        var claimed = this with { Token = token };
        return Starts < MostStarts ? claimed : claimed.Fail(token, $"The job was started {Starts} times and never came to its end.", now);
    }

    public JobRecord? Begin(long token, JobStart start, DateTimeOffset now) => MayMove(token)
        ? Next(Job with
        {
            Status = SpeechStatus.Processing,
            StartedAt = now,
            WorkerId = start.WorkerId,
            ProcessedText = start.ProcessedText,
            AudioPromptUsed = start.AudioPromptUsed,
        }) with { Starts = Counted == token ? Starts : Starts + 1, Counted = token }
        : null;

    /// <summary>Takes back that the run under this token began; null where it did not.</summary>
    public JobRecord? GiveBack(long token) => MayMove(token) && Counted == token ? this with { Starts = Starts - 1, Counted = 0 } : null;

    public JobRecord? Complete(long token, JobResult result, DateTimeOffset now) => MayMove(token) && Job.Status == SpeechStatus.Processing
        ? Next(Job with { Status = SpeechStatus.Completed, CompletedAt = now, Result = result })
        : null;

    public JobRecord? Fail(long token, string error, DateTimeOffset now) => MayMove(token)
        ? Next(Job with { Status = SpeechStatus.Failed, StartedAt = Job.StartedAt ?? now, CompletedAt = now, Error = error })
        : null;

    public JobRecord? Cancel(DateTimeOffset now) => Job.Status.IsFinal() ? null : Next(Job with { Status = SpeechStatus.Cancelled, CompletedAt = now });

    /// <summary>Whether a run under this token must stop.</summary>
    public bool IsOver(long token) => Job.Status.IsFinal() || token < Token;

    private bool MayMove(long token) => !Job.Status.IsFinal() && token == Token && token > 0;

    private JobRecord Next(Job job) => this with { Job = job };
}
