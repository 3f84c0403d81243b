using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerRosterTests
{
    [Fact]
    public void Leaves_out_who_is_silent_for_ten_seconds_and_takes_him_back()
    {
        var time = new FakeTimeProvider();
        var roster = new WorkerRoster(time);
        roster.Report(Status("b/0"));
        roster.Report(Status("a/0"));
        time.Advance(TimeSpan.FromSeconds(6));
        roster.Report(Status("b/0") with { Active = 3 });
        time.Advance(TimeSpan.FromSeconds(4));
        roster.List().ShouldBe([Status("b/0") with { Active = 3 }]);
        roster.Report(Status("a/0"));
        roster.List().Select(status => status.Key).ShouldBe(["a/0", "b/0"]);
    }

    private static WorkerStatus Status(string key) => new() { Key = key, State = WorkerState.Ready };
}
