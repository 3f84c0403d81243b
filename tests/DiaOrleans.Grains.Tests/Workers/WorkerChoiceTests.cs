using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerChoiceTests
{
    [Fact]
    public void Asks_the_least_loaded_first()
    {
        var choice = WorkerChoice.Among([Ready("a/0", 9, 1), Ready("c/0", 2, 2), Ready("b/0", 2, 1), Ready("b/1", 2, 1)]);
        choice.Ready.Select(worker => worker.Key).ShouldBe(["b/0", "b/1", "c/0", "a/0"]);
        choice.Asleep.ShouldBeNull();
    }

    [Fact]
    public void Leaves_out_who_cannot_work_and_says_whether_waiting_helps()
    {
        WorkerStatus[] others =
            [Ready("a/0", 0, 0) with { State = WorkerState.Draining }, new() { Key = "b/0", State = WorkerState.Failed }];
        WorkerChoice.Among(others).ShouldSatisfyAllConditions(
            choice => choice.Ready.ShouldBeEmpty(), choice => choice.CanWait.ShouldBeFalse());
        WorkerChoice.Among([.. others, new() { Key = "c/0", State = WorkerState.Loading }]).CanWait.ShouldBeTrue();
    }

    [Fact]
    public void Wakes_a_sleeper_only_where_no_other_can_take_the_work()
    {
        WorkerStatus asleep = new() { Key = "a/0", State = WorkerState.Asleep };
        WorkerChoice.Among([asleep]).ShouldSatisfyAllConditions(
            choice => choice.Asleep.ShouldBe("a/0"), choice => choice.CanWait.ShouldBeTrue());
        WorkerChoice.Among([asleep, Ready("b/0", 0, 0)]).Asleep.ShouldBeNull();
        WorkerChoice.Among([asleep, new() { Key = "b/0", State = WorkerState.Loading }]).Asleep.ShouldBeNull();
    }

    [Fact]
    public void Among_with_a_model_leaves_out_ready_workers_of_other_models()
    {
        var other = Ready("a/0", 0, 0);
        other = other with { Model = other.Model! with { Name = "other" } };
        WorkerChoice.Among([other, Ready("b/0", 9, 1)], "fake").Ready.Select(worker => worker.Key).ShouldBe(["b/0"]);
        WorkerChoice.Among([other, Ready("b/0", 9, 1)]).Ready.Count.ShouldBe(2);
        WorkerChoice.Among([other], "fake").CanWait.ShouldBeFalse();
        WorkerChoice.Among([other, new() { Key = "b/0", State = WorkerState.Asleep }], "fake").Asleep.ShouldBe("b/0");
    }

    private static WorkerStatus Ready(string key, double backlog, int active) =>
        new() { Key = key, State = WorkerState.Ready, BacklogSeconds = backlog, Active = active, Model = FakeEngine.Description.ToFacts() };
}
