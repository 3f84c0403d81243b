using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerChoiceTests
{
    [Fact]
    public void Asks_the_least_loaded_first()
    {
        var choice = Among([Ready("a/0", 9, 1), Ready("c/0", 2, 2), Ready("b/0", 2, 1), Ready("b/1", 2, 1)]);
        choice.Ready.Select(worker => worker.Key).ShouldBe(["b/0", "b/1", "c/0", "a/0"]);
        choice.Asleep.ShouldBeNull();
    }

    [Fact]
    public void Leaves_out_who_cannot_work_and_says_whether_waiting_helps()
    {
        WorkerStatus[] others =
            [Ready("a/0", 0, 0) with { State = WorkerState.Draining }, new() { Key = "b/0", State = WorkerState.Failed }];
        Among(others).ShouldSatisfyAllConditions(
            choice => choice.Ready.ShouldBeEmpty(), choice => choice.CanWait.ShouldBeFalse());
        Among([.. others, new() { Key = "c/0", State = WorkerState.Loading }]).CanWait.ShouldBeTrue();
    }

    [Fact]
    public void Wakes_a_sleeper_only_where_no_other_can_take_the_work()
    {
        WorkerStatus asleep = new() { Key = "a/0", State = WorkerState.Asleep };
        Among([asleep]).ShouldSatisfyAllConditions(
            choice => choice.Asleep.ShouldBe("a/0"), choice => choice.CanWait.ShouldBeTrue());
        Among([asleep, Ready("b/0", 0, 0)]).Asleep.ShouldBeNull();
        Among([asleep, new() { Key = "b/0", State = WorkerState.Loading }]).Asleep.ShouldBeNull();
    }

    [Fact]
    public void Among_with_a_model_leaves_out_ready_workers_of_other_models()
    {
        var other = Ready("a/0", 0, 0);
        other = other with { Model = other.Model! with { Name = "other" } };
        Among([other, Ready("b/0", 9, 1)], "fake").Ready.Select(worker => worker.Key).ShouldBe(["b/0"]);
        Among([other, Ready("b/0", 9, 1)]).Ready.Count.ShouldBe(2);
        Among([other], "fake").CanWait.ShouldBeFalse();
        Among([other, new() { Key = "b/0", State = WorkerState.Asleep }], "fake").Asleep.ShouldBe("b/0");
    }

    [Fact]
    public void Work_that_prefers_its_own_silo_goes_elsewhere_if_all_own_workers_are_full_and_another_one_is_idle()
    {
        var idle = Ready("a/0", 0, 0);
        var busy = Ready("b/0", 5, 1);
        Own([idle, busy, Ready("own/0", 9, 1)]).ShouldBe(["own/0", "a/0", "b/0"]);
        Own([idle, busy, Ready("own/0", 9, 2)]).ShouldBe(["a/0", "own/0", "b/0"]);
        Own([busy, Ready("own/0", 9, 2)]).ShouldBe(["own/0", "b/0"]);
        Own([idle, busy, Ready("own/0", 9, 2), Ready("own/1", 12, 1)]).ShouldBe(["own/1", "own/0", "a/0", "b/0"]);
        Own([idle, busy]).ShouldBe(["a/0", "b/0"]);
        Own([idle, Ready("own/0", 0, 0) with { State = WorkerState.Draining }]).ShouldBe(["a/0"]);
        Own([busy, Ready("own/0", 5, 1) with { Waiting = 1 }, idle]).ShouldBe(["a/0", "own/0", "b/0"]);
    }

    [Fact]
    public void Other_work_goes_to_the_least_loaded_and_among_equals_to_the_own_silo()
    {
        var choice = WorkerChoice.Among([Ready("a/0", 2, 1), Ready("own/0", 2, 1), Ready("b/0", 1, 1)], "own");
        choice.Ready.Select(worker => worker.Key).ShouldBe(["b/0", "own/0", "a/0"]);
    }

    private static IEnumerable<string> Own(IReadOnlyList<WorkerStatus> workers) =>
        WorkerChoice.Among(workers, "own", preferOwn: true).Ready.Select(worker => worker.Key);

    private static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers, string? model = null) =>
        WorkerChoice.Among(workers, "nobody", preferOwn: false, model);

    private static WorkerStatus Ready(string key, double backlog, int active) => new()
    {
        Key = key,
        State = WorkerState.Ready,
        BacklogSeconds = backlog,
        Active = active,
        Slots = 2,
        Model = FakeEngine.Description.ToFacts(),
    };
}
