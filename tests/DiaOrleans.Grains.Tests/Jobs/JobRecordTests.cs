using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class JobRecordTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", true);
    private static readonly JobResult Result = new("job_results/a.wav", 10);

    [Fact]
    public void A_job_goes_from_pending_over_processing_to_completed_and_keeps_what_was_said_of_it()
    {
        var pending = Fresh();
        pending.Job.Status.ShouldBe(SpeechStatus.Pending);
        pending.Job.CreatedAt.ShouldBe(Now);
        var processing = pending.Claim(3, Now)!.Begin(3, Start, Now.AddSeconds(1))!;
        processing.Job.ShouldBe(pending.Job with { Status = SpeechStatus.Processing, StartedAt = Now.AddSeconds(1), WorkerId = "worker_1", ProcessedText = Start.ProcessedText, AudioPromptUsed = true });
        var completed = processing.Complete(3, Result, Now.AddSeconds(4))!;
        completed.Job.ShouldBe(processing.Job with { Status = SpeechStatus.Completed, CompletedAt = Now.AddSeconds(4), Result = Result });
    }

    [Fact]
    public void A_job_that_never_began_may_fail_and_has_then_begun_and_ended_at_once()
    {
        var failed = Fresh().Claim(1, Now)!.Fail(1, "no such voice", Now.AddSeconds(2))!.Job;
        failed.Status.ShouldBe(SpeechStatus.Failed);
        failed.Error.ShouldBe("no such voice");
        (failed.StartedAt, failed.CompletedAt).ShouldBe((Now.AddSeconds(2), Now.AddSeconds(2)));
    }

    [Fact]
    public void Nobody_moves_a_job_that_nobody_claimed()
    {
        Fresh().Begin(0, Start, Now).ShouldBeNull();
        Fresh().Begin(1, Start, Now).ShouldBeNull();
        Fresh().Fail(0, "x", Now).ShouldBeNull();
    }

    [Fact]
    public void What_did_not_begin_cannot_complete() => Fresh().Claim(1, Now)!.Complete(1, Result, Now).ShouldBeNull();

    [Fact]
    public void A_newer_claim_fences_the_older_one_off()
    {
        var overtaken = Fresh().Claim(1, Now)!.Begin(1, Start, Now)!.Claim(2, Now)!;
        overtaken.Claim(1, Now).ShouldBeNull();
        overtaken.Complete(1, Result, Now).ShouldBeNull();
        overtaken.Fail(1, "x", Now).ShouldBeNull();
        overtaken.IsOver(1).ShouldBeTrue();
        overtaken.IsOver(2).ShouldBeFalse();
        overtaken.Complete(2, Result, Now).ShouldNotBeNull();
    }

    [Fact]
    public void A_job_that_takes_its_server_down_again_and_again_fails_in_the_end()
    {
        var record = Fresh();
        for (var run = 1; run <= JobRecord.MostStarts; run++) record = record.Claim(run, Now)!.Begin(run, Start, Now)!;
        var given = record.Claim(99, Now)!;
        given.Job.Status.ShouldBe(SpeechStatus.Failed);
        given.Job.Error.ShouldBe("The job was started 20 times and never came to its end.");
    }

    [Fact]
    public void A_run_that_is_given_back_does_not_count_among_the_starts_and_one_that_vanished_does()
    {
        var record = Fresh();
        for (var run = 1; run <= 3 * JobRecord.MostStarts; run++)
        {
            record = record.Claim(run, Now)!.Begin(run, Start, Now)!;
            record.Begin(run, Start, Now)!.Starts.ShouldBe(1);
            record = record.GiveBack(run)!;
            record.Starts.ShouldBe(0);
            record.GiveBack(run).ShouldBeNull();
        }

        var vanished = record.Claim(99, Now)!.Begin(99, Start, Now)!.Claim(100, Now)!;
        vanished.GiveBack(99).ShouldBeNull();
        vanished.GiveBack(100).ShouldBeNull();
        vanished.Starts.ShouldBe(1);
    }

    [Theory]
    [InlineData(null, 77)]
    [InlineData(-1L, 77)]
    [InlineData(0L, 0)]
    [InlineData(42L, 42)]
    public void Every_run_has_the_same_seed_while_the_request_stays_as_sent(long? sent, long used)
    {
        var record = JobRecord.Submit(new JobSubmission { Id = Guid.NewGuid(), Request = new SpeechRequest { Text = "Hi.", VoiceId = "v", Seed = sent }, DrawnSeed = 77 }, Now);
        record.ToOrder().Request.Seed.ShouldBe(used);
        record.Job.Request.Seed.ShouldBe(sent);
    }

    /// <summary>Each byte is a command with a token; time passes with each.</summary>
    [Property(MaxTest = 500)]
    public void No_sequence_of_commands_moves_a_job_backwards_or_lets_an_older_token_through(byte[] commands)
    {
        var record = Fresh();
        var newest = 0L;
        for (var i = 0; i < commands.Length; i++)
        {
            var (kind, token, now) = (commands[i] % 5, commands[i] / 5 % 4L, Now.AddSeconds(i));
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
            if (kind == 0) token.ShouldBeGreaterThanOrEqualTo(newest);
            else if (kind < 4) token.ShouldBe(newest);
            if (kind == 0) newest = token;
            next.Token.ShouldBe(newest);
            next.Job.Status.IsFinal().ShouldBe(next.Job.CompletedAt is not null);
            (next.Job.Result is not null).ShouldBe(next.Job.Status == SpeechStatus.Completed);
            (next.Job.Error is not null).ShouldBe(next.Job.Status == SpeechStatus.Failed);
            record = next;
        }
    }

    private static JobRecord Fresh() => JobRecord.Submit(new JobSubmission { Id = Guid.NewGuid(), Request = new SpeechRequest { Text = "Hi.", VoiceId = "v" }, DrawnSeed = 7 }, Now);
}
