using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class JobIndexTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid[] Ids = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0, new byte[8]))];

    [Fact]
    public void Only_reported_jobs_are_listed_newest_first_and_by_status()
    {
        var index = Fresh();
        index.Report(Ids[0], SpeechStatus.Pending, null);
        index.Report(Ids[1], SpeechStatus.Completed, Now);
        index.Report(Ids[2], SpeechStatus.Pending, null);
        index.Newest(null, Now).ShouldBe([Ids[2], Ids[1], Ids[0]]);
        index.Newest(SpeechStatus.Pending, Now).ShouldBe([Ids[2], Ids[0]]);
        index.Count(Now).ShouldBe(new JobCounts(2, 0, 1, 0, 0));
    }

    [Fact]
    public void A_job_that_ended_an_hour_ago_is_not_listed_but_can_be_cleared()
    {
        var index = Fresh();
        index.Report(Ids[0], SpeechStatus.Failed, Now);
        index.Newest(null, Now.AddMinutes(59)).ShouldBe([Ids[0]]);
        index.Newest(null, Now.AddMinutes(60)).ShouldBeEmpty();
        index.Ended(Now, Now.AddMinutes(60)).ShouldBe([new EndedJob(Ids[0], false)]);
        index.Ended(Now.AddSeconds(-1), Now.AddMinutes(60)).ShouldBeEmpty();
    }

    [Property(MaxTest = 300)]
    public void Reports_in_any_order_leave_the_most_advanced_status(byte[] reports)
    {
        var index = Fresh();
        SpeechStatus? expected = null;
        foreach (var report in reports)
        {
            var status = (SpeechStatus)(report % 5);
            index.Report(Ids[0], status, status.IsFinal() ? Now : null);
            if (expected is null || (!expected.Value.IsFinal() && status > expected)) expected = status;
        }

        if (expected is { } known) index.Newest(known, Now).ShouldBe([Ids[0]]);
        else index.Newest(null, Now).ShouldBeEmpty();
    }

    private static JobIndex Fresh()
    {
        var index = new JobIndex();
        for (var i = 0; i < Ids.Length; i++) index.Add(new CatalogEntry(Ids[i], i));
        return index;
    }
}
