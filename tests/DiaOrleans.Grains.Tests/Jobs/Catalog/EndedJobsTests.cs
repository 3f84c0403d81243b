using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Catalog;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs.Catalog;

public sealed class EndedJobsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Jobs_are_listed_by_their_submission_and_leave_by_their_end()
    {
        var jobs = new EndedJobs();
        EndedJob[] ended = [Job(3, SpeechStatus.Completed), Job(1, SpeechStatus.Failed), Job(2, SpeechStatus.Cancelled), Job(9, null)];
        foreach (var job in ended) jobs.Add(job);
        jobs.Newest(null, 50, Now).Select(job => job.Sequence).ShouldBe([3, 2, 1]);
        jobs.Newest(null, 2, Now).Select(job => job.Sequence).ShouldBe([3, 2]);
        jobs.Newest(SpeechStatus.Failed, 50, Now).Select(job => job.Id).ShouldBe([ended[1].Id]);
        jobs.Newest(null, 0, Now).ShouldBeEmpty();
        jobs.CountAt(Now).ShouldBe(new JobCounts(0, 0, 1, 1, 1));
        jobs.Oldest(null).ShouldBe(ended);
        jobs.Trim(2);
        jobs.CountAt(Now).ShouldBe(new JobCounts(0, 0, 0, 0, 1));
        jobs.Contains(ended[0].Id).ShouldBeFalse();
    }

    /// <summary>Each byte adds a job, lets time pass or removes jobs; the counts are those of a walk over all jobs.</summary>
    [Property(MaxTest = 300)]
    public void The_counts_kept_by_changes_are_those_of_the_list(byte[] commands)
    {
        var jobs = new EndedJobs();
        var model = new List<EndedJob>();
        var now = Now;
        foreach (var command in commands)
        {
            if (command % 4 < 2)
            {
                var job = new EndedJob(Guid.NewGuid(), command, (SpeechStatus)(command / 4 % 3 + 2), now);
                jobs.Add(job);
                model.Add(job);
            }
            else if (command % 4 == 2)
            {
                now = now.AddMinutes(command / 4);
            }
            else
            {
                var count = Math.Min(model.Count, command / 4 % 4);
                jobs.Trim(count);
                model.RemoveRange(0, count);
            }

            var visible = model.Where(job => job.EndedAt.AddHours(1) > now).ToArray();
            var counts = jobs.CountAt(now);
            counts.Total.ShouldBe(visible.Length);
            counts.Failed.ShouldBe(visible.Count(job => job.Status == SpeechStatus.Failed));
            jobs.Count.ShouldBe(model.Count);
            jobs.Newest(null, 3, now).Select(job => job.Sequence)
                .ShouldBe(visible.Select(job => job.Sequence).OrderDescending().Take(3));
        }
    }

    private static EndedJob Job(long sequence, SpeechStatus? status) => new(Guid.NewGuid(), sequence, status, Now);
}
