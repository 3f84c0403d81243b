using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs.Life;

public sealed class JobRecordTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(24);
    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", true);
    private static readonly JobResult Result = new("job_results/a.wav", 10);

    [Fact]
    public void A_job_goes_from_pending_to_processing_to_completed_and_keeps_the_facts_of_each_step()
    {
        var pending = Fresh();
        pending.Job.Status.ShouldBe(SpeechStatus.Pending);
        pending.Job.CreatedAt.ShouldBe(Now);
        var processing = pending.Claim(3, Now)!.Begin(3, Start, Now.AddSeconds(1))!;
        processing.Job.ShouldBe(pending.Job with
        {
            Status = SpeechStatus.Processing,
            StartedAt = Now.AddSeconds(1),
            WorkerId = "worker_1",
            ProcessedText = Start.ProcessedText,
            AudioPromptUsed = true,
        });
        var completed = processing.Complete(3, Result, Now.AddSeconds(4))!;
        completed.Job.ShouldBe(processing.Job with { Status = SpeechStatus.Completed, CompletedAt = Now.AddSeconds(4), Result = Result });
    }

    [Fact]
    public void A_job_that_fails_before_it_began_has_the_same_start_and_end()
    {
        var failed = Fresh().Claim(1, Now)!.Fail(1, "no such voice", Now.AddSeconds(2))!.Job;
        failed.Status.ShouldBe(SpeechStatus.Failed);
        failed.Error.ShouldBe("no such voice");
        failed.StartedAt.ShouldBe(Now.AddSeconds(2));
        failed.CompletedAt.ShouldBe(Now.AddSeconds(2));
    }

    [Fact]
    public void A_job_whose_claim_was_lost_begins_and_fails_by_its_token_and_by_no_older_one()
    {
        Fresh().Begin(0, Start, Now).ShouldBeNull();
        Fresh().Fail(0, "x", Now).ShouldBeNull();
        Fresh().Fail(3, "x", Now)!.Token.ShouldBe(3);
        var begun = Fresh().Begin(3, Start, Now)!;
        begun.Token.ShouldBe(3);
        begun.Begin(2, Start, Now).ShouldBeNull();
        begun.Fail(2, "x", Now).ShouldBeNull();
        begun.Complete(2, Result, Now).ShouldBeNull();
        begun.Release(2, Sudden, Limit, Now).ShouldBeNull();
        begun.Release(4, Sudden, Limit, Now)!.ShouldSatisfyAllConditions(job => job.Token.ShouldBe(4), job => job.Starts.ShouldBe(1));
    }

    [Fact]
    public void A_job_that_did_not_begin_cannot_complete() => Fresh().Claim(1, Now)!.Complete(1, Result, Now).ShouldBeNull();

    [Fact]
    public void A_newer_claim_refuses_the_older_token()
    {
        var claimedAgain = Fresh().Claim(1, Now)!.Begin(1, Start, Now)!.Claim(2, Now)!;
        claimedAgain.Claim(1, Now).ShouldBeNull();
        claimedAgain.Complete(1, Result, Now).ShouldBeNull();
        claimedAgain.Fail(1, "x", Now).ShouldBeNull();
        claimedAgain.MustStop(1).ShouldBeTrue();
        claimedAgain.MustStop(2).ShouldBeFalse();
        claimedAgain.Complete(2, Result, Now).ShouldNotBeNull();
    }

    [Fact]
    public void A_job_that_began_too_often_fails_at_the_next_claim()
    {
        var record = Fresh();
        for (var run = 1; run <= JobRecord.MaxStarts; run++) record = record.Claim(run, Now)!.Begin(run, Start, Now)!;
        var failed = record.Claim(99, Now)!;
        failed.Job.Status.ShouldBe(SpeechStatus.Failed);
        failed.Job.Error.ShouldBe("The job was started 20 times without progress and never came to its end.");
    }

    [Fact]
    public void A_job_that_makes_progress_between_lost_runs_never_began_too_often()
    {
        var record = Fresh();
        for (var run = 1; run <= 3 * JobRecord.MaxStarts; run++)
        {
            record = record.Claim(run, Now)!.Begin(run, Start, Now)!;
            if (run % (JobRecord.MaxStarts - 1) == 0) record = record.Progress(run)!;
        }

        record.Starts.ShouldBe(1 + (3 * JobRecord.MaxStarts) % (JobRecord.MaxStarts - 1));
        record.Job.Status.ShouldBe(SpeechStatus.Processing);
        record.Progress(1).ShouldBeNull("its token is not the newest");
    }

    [Fact]
    public void Progress_of_a_run_ends_the_faults_of_earlier_ones_and_is_nothing_to_store_without_them()
    {
        var begun = Fresh().Claim(1, Now)!.Begin(1, Start, Now)!;
        begun.Progress(1).ShouldBeNull();
        var faulted = begun.Release(1, Sudden, Limit, Now)!.Claim(2, Now)!.Begin(2, Start, Now)!;
        (faulted.Faults, faulted.FaultsSince).ShouldBe((1, Now));
        var progressed = faulted.Progress(2)!;
        (progressed.Faults, progressed.FaultsSince, progressed.Starts).ShouldBe((0, null, 1));
        Release(progressed, 2)!.Starts.ShouldBe(0);
    }

    [Fact]
    public void A_released_run_is_not_counted_as_a_start_and_a_lost_run_is()
    {
        var record = Fresh();
        for (var run = 1; run <= 3 * JobRecord.MaxStarts; run++)
        {
            record = record.Claim(run, Now)!.Begin(run, Start, Now)!;
            record.Begin(run, Start, Now)!.Starts.ShouldBe(1);
            record = Release(record, run)!;
            record.Starts.ShouldBe(0);
            Release(record, run).ShouldBeNull();
        }

        var lost = record.Claim(99, Now)!.Begin(99, Start, Now)!.Claim(100, Now)!;
        Release(lost, 99).ShouldBeNull();
        Release(lost, 100).ShouldBeNull();
        lost.Starts.ShouldBe(1);
    }

    [Fact]
    public void A_job_rests_longer_after_each_fault_and_fails_when_they_last_longer_than_the_limit()
    {
        var record = Fresh();
        var pauses = new List<double>();
        var now = Now;
        for (var run = 1; run <= 12; run++)
        {
            record = record.Claim(run, now)!.Begin(run, Start, now)!.Release(run, Sudden, Limit, now)!;
            record.Job.Status.IsFinal().ShouldBeFalse();
            record.Starts.ShouldBe(0);
            pauses.Add(record.PauseAfterFault().TotalSeconds);
            now += record.PauseAfterFault();
        }

        pauses.ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        var claimed = record.Claim(20, Now)!;
        claimed.Release(20, Sudden, Limit, Now + Limit - TimeSpan.FromTicks(1))!.Job.Status.ShouldBe(SpeechStatus.Processing);
        var failed = claimed.Release(20, Sudden, Limit, Now + Limit)!;
        failed.Job.Status.ShouldBe(SpeechStatus.Failed);
        failed.Job.Error.ShouldBe("The job met faults of the server for 24 hours and was given up.");
        claimed.Release(20, fault: null, Limit, Now + Limit).ShouldBeNull("a run that met no fault is no reason to give up");
    }

    [Fact]
    public void A_run_that_met_a_fault_for_as_long_as_the_limit_fails_the_job_at_once()
    {
        var begun = Fresh().Claim(1, Now)!.Begin(1, Start, Now)!;
        var almost = begun.Release(1, new RunFault(Limit - TimeSpan.FromTicks(1), MadeProgress: false), Limit, Now)!;
        (almost.Job.Status, almost.FaultsSince).ShouldBe((SpeechStatus.Processing, Now - Limit + TimeSpan.FromTicks(1)));
        begun.Release(1, new RunFault(Limit, MadeProgress: false), Limit, Now)!.Job.Status.ShouldBe(SpeechStatus.Failed);
    }

    [Fact]
    public void Faults_before_a_stored_segment_have_passed()
    {
        var record = Fresh();
        for (var run = 1; run <= 4; run++) record = record.Claim(run, Now)!.Release(run, Sudden, Limit, Now)!;
        record.Faults.ShouldBe(4);
        var late = Now + Limit;
        record = record.Claim(5, late)!.Release(5, new RunFault(TimeSpan.FromSeconds(3), MadeProgress: true), Limit, late)!;
        (record.Faults, record.FaultsSince).ShouldBe((1, late - TimeSpan.FromSeconds(3)));
    }

    [Theory]
    [InlineData(null, 77)]
    [InlineData(-1L, 77)]
    [InlineData(0L, 0)]
    [InlineData(42L, 42)]
    public void Every_run_has_the_same_seed_and_the_request_stays_as_sent(long? sent, long used)
    {
        var record = Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v", Seed = sent }, drawnSeed: 77);
        record.ToRunRequest().Seed.ShouldBe(used);
        record.Job.Request.Seed.ShouldBe(sent);
    }

    /// <summary>Each byte is a command with a token, one second after the command before.</summary>
    [Property(MaxTest = 500)]
    public void No_sequence_of_commands_moves_a_job_backwards_or_accepts_an_older_token(byte[] commands)
    {
        var record = Fresh();
        var newest = 0L;
        for (var i = 0; i < commands.Length; i++)
        {
            var kind = commands[i] % 5;
            var token = commands[i] / 5 % 4L;
            var now = Now.AddSeconds(i);
            var next = kind switch
            {
                0 => record.Claim(token, now),
                1 => record.Begin(token, Start, now),
                2 => record.Complete(token, Result, now),
                3 => record.Fail(token, "x", now),
                _ => record.Cancel(now),
            };
            if (next is null) continue;
            record.Job.Status.IsFinal().ShouldBeFalse();
            ((int)next.Job.Status).ShouldBeGreaterThanOrEqualTo((int)record.Job.Status);
            if (kind < 4) token.ShouldBeGreaterThanOrEqualTo(newest);
            if (kind < 4) newest = token;
            next.Token.ShouldBe(newest);
            next.Job.Status.IsFinal().ShouldBe(next.Job.CompletedAt is not null);
            (next.Job.Result is not null).ShouldBe(next.Job.Status == SpeechStatus.Completed);
            (next.Job.Error is not null).ShouldBe(next.Job.Status == SpeechStatus.Failed);
            record = next;
        }
    }

    private static readonly RunFault Sudden = new(TimeSpan.Zero, MadeProgress: false);

    private static JobRecord? Release(JobRecord record, long token) => record.Release(token, fault: null, Limit, Now);

    private static JobRecord Fresh() => Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" }, drawnSeed: 7);

    private static JobRecord Submit(SpeechRequest request, long drawnSeed) =>
        JobRecord.Submit(
            new JobSubmission { Id = Guid.NewGuid(), Request = request, DrawnSeed = drawnSeed, Queue = "default/0", Sequence = 5 },
            Now);
}
