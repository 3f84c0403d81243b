using System.Globalization;
using System.Text.Json.Serialization;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// The stored state of a job and its transitions: <c>pending -> processing -> completed | failed</c>, and <c>cancelled</c> from either of
/// the first two. A transition returns the next record, or null if it is refused: a final record has no next one, and an older token
/// moves no job. A newer one does, and is the newest from then on.
/// </summary>
[GenerateSerializer, Immutable, Alias("dia.job-record")]
internal sealed record JobRecord
{
    /// <summary>
    /// Starts without progress after which a job fails instead of being run again. A run that ends without a report has probably ended its
    /// server's process.
    /// </summary>
    public const int MaxStarts = 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>The job as clients see it.</summary>
    [Id(0)] public required Job Job { get; init; }

    /// <summary>The seed to use if the request has none.</summary>
    [Id(1)] public required long DrawnSeed { get; init; }

    /// <summary>Fencing token of the newest lease that has changed the job; 0 before the first.</summary>
    [Id(2)] public long Token { get; init; }

    /// <summary>Runs that began and were not released, since one stored a segment that no run had stored before.</summary>
    [Id(3)] public int Starts { get; init; }

    /// <summary>Token of the last run that is counted in <see cref="Starts"/>, or 0. Written since version 2.</summary>
    [Id(4)] public long Counted { get; init; }

    /// <summary>Id of the voice, if the request names it by an alias; else null. Written since version 2.</summary>
    [Id(5)] public string? Voice { get; init; }

    /// <summary>Key of the queue that holds it until it has ended; null is the first one. Written since version 3.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Queue { get; init; }

    /// <summary>Its sequence number there; 0 if an earlier release accepted it. Written since version 3.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public long Sequence { get; init; }

    /// <summary>Whether it came with an idempotency key. Written since version 3.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool Keyed { get; init; }

    /// <summary>When it first met a fault that did not pass since, UTC; null if it met none. Written since version 3.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DateTimeOffset? FaultsSince { get; init; }

    /// <summary>Faults since then. Written since version 3.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Faults { get; init; }

    /// <summary>The seed of its audio.</summary>
    [JsonIgnore] public long SeedUsed => Job.Request.Seed is { } seed and not -1 ? seed : DrawnSeed;

    /// <summary>The record of a new, pending job.</summary>
    public static JobRecord Submit(JobSubmission submission, DateTimeOffset now) => new()
    {
        Job = new Job { Id = submission.Id, Request = submission.Request, CreatedAt = now },
        DrawnSeed = submission.DrawnSeed,
        Voice = submission.Voice,
        Queue = submission.Queue,
        Sequence = submission.Sequence,
        Keyed = submission.Keyed,
    };

    /// <summary>The request with the seed and the voice that every run of the job uses.</summary>
    public SpeechRequest ToRunRequest() => Job.Request with
    {
        Seed = SeedUsed,
        VoiceId = Voice ?? Job.Request.VoiceId,
    };

    /// <summary>Gives the job to this token or a newer one. A job that has begun <see cref="MaxStarts"/> times fails instead.</summary>
    public JobRecord? Claim(long token, DateTimeOffset now)
    {
        if (Job.Status.IsFinal() || token < Token) return null;
        var claimed = this with { Token = token };
        return Starts < MaxStarts
            ? claimed
            : claimed.Fail(token, $"The job was started {Starts} times without progress and never came to its end.", now);
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
        return this with { Token = token, Job = job, Starts = Counted == token ? Starts : Starts + 1, Counted = token };
    }

    /// <summary>
    /// The run with this token has stored a segment that no run had stored before: earlier starts and faults do not count any more. Null if
    /// nothing changes.
    /// </summary>
    public JobRecord? Progress(long token)
    {
        if (!MayMove(token)) return null;
        var progressed = this with { Token = token, Starts = Counted == token ? 1 : 0, FaultsSince = null, Faults = 0 };
        return progressed == this ? null : progressed;
    }

    /// <summary>
    /// Takes back that the run with this token began. A fault is counted; if faults last for as long as the limit, the job fails. Null if
    /// nothing changes.
    /// </summary>
    public JobRecord? Release(long token, RunFault? fault, TimeSpan limit, DateTimeOffset now)
    {
        if (!MayMove(token)) return null;
        var released = Counted == token ? this with { Starts = Starts - 1, Counted = 0 } : this;
        if (fault is null) return released == this ? null : released;
        var began = now - fault.Lasted;
        var isFirst = fault.MadeProgress || FaultsSince is null;
        var since = isFirst || FaultsSince > began ? began : FaultsSince!.Value;
        if (now - since >= limit)
            return released.Fail(token, $"The job met faults of the server for {FormatHours(now - since)} and was given up.", now);
        return released with { Token = token, FaultsSince = since, Faults = isFirst ? 1 : Faults + 1 };
    }

    /// <summary>How long the job rests after its last fault: 1 s after the first, twice as long each time, 5 min at most.</summary>
    public TimeSpan PauseAfterFault() =>
        Faults == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Faults - 1)));

    public JobRecord? Complete(long token, JobResult result, DateTimeOffset now) => MayMove(token) && Job.Status == SpeechStatus.Processing
        ? this with { Token = token, Job = Job with { Status = SpeechStatus.Completed, CompletedAt = now, Result = result } }
        : null;

    public JobRecord? Fail(long token, string error, DateTimeOffset now)
    {
        if (!MayMove(token)) return null;
        var job = Job with { Status = SpeechStatus.Failed, StartedAt = Job.StartedAt ?? now, CompletedAt = now, Error = error };
        return this with { Token = token, Job = job };
    }

    public JobRecord? Cancel(DateTimeOffset now) => Job.Status.IsFinal()
        ? null
        : this with { Job = Job with { Status = SpeechStatus.Cancelled, CompletedAt = now } };

    /// <summary>Whether a run with this token must stop.</summary>
    public bool MustStop(long token) => Job.Status.IsFinal() || token < Token;

    /// <summary>Whether this token holds the job, which has not ended.</summary>
    public bool MayMove(long token) => !Job.Status.IsFinal() && token >= Token && token > 0;

    /// <summary>How the catalogue lists the job once it has ended.</summary>
    public EndedJob ToEnded() =>
        new(Job.Id, Sequence > 0 ? Sequence : Job.CreatedAt.UtcTicks, Job.Status, Job.CompletedAt!.Value);

    private static string FormatHours(TimeSpan time) => time < TimeSpan.FromHours(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMinutes):F0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:F0} hours");
}
