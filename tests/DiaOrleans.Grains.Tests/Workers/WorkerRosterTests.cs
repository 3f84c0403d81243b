using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerRosterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void List_leaves_out_a_worker_that_is_silent_for_ten_seconds_until_it_reports_again()
    {
        var roster = new WorkerRoster(_time);
        roster.Report(Status("b/0"));
        roster.Report(Status("a/0"));
        _time.Advance(TimeSpan.FromSeconds(6));
        roster.Report(Status("b/0") with { Active = 3 });
        _time.Advance(TimeSpan.FromSeconds(4));
        roster.List().ShouldBe([Status("b/0") with { Active = 3, Number = 1 }]);
        roster.Report(Status("a/0"));
        roster.List().Select(status => status.Key).ShouldBe(["a/0", "b/0"]);
    }

    [Fact]
    public void Report_numbers_workers_from_1_and_keeps_each_number()
    {
        var roster = new WorkerRoster(_time);
        roster.Report(Status("b/0")).ShouldBe(1);
        roster.Report(Status("a/0")).ShouldBe(2);
        roster.Report(Status("a/1")).ShouldBe(3);
        // A restarted silo does not know its number.
        roster.Report(Status("a/0")).ShouldBe(2);
        roster.List().Select(status => status.Name).ShouldBe(["worker_2", "worker_3", "worker_1"]);
    }

    [Fact]
    public void Report_to_a_new_roster_keeps_the_reported_numbers()
    {
        var roster = new WorkerRoster(_time);
        roster.Report(Status("c/0") with { Number = 3 }).ShouldBe(3);
        roster.Report(Status("d/0")).ShouldBe(1);
        roster.Report(Status("a/0") with { Number = 2 }).ShouldBe(2);
        // Another worker was given 1 before this one reported.
        roster.Report(Status("b/0") with { Number = 1 }).ShouldBe(4);
    }

    [Fact]
    public void Report_gives_the_number_of_a_silent_worker_to_another_one()
    {
        var roster = new WorkerRoster(_time);
        roster.Report(Status("a/0")).ShouldBe(1);
        _time.Advance(WorkerRoster.Silence);
        roster.Report(Status("b/0")).ShouldBe(1);
        roster.Report(Status("a/0") with { Number = 1 }).ShouldBe(2);
    }

    private static WorkerStatus Status(string key) => new() { Key = key, State = WorkerState.Ready };
}
