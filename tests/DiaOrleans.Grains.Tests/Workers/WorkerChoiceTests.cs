using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerChoiceTests
{
    [Fact]
    public void Asks_the_less_loaded_of_two_that_are_chosen_at_random_and_then_the_others()
    {
        string[] byLoad = ["b/0", "b/1", "c/0", "a/0"];
        WorkerStatus[] workers = [Ready("a/0", 9, 1), Ready("c/0", 2, 2), Ready("b/0", 1, 1), Ready("b/1", 2, 1)];
        var random = new Random(5);
        var first = new Dictionary<string, int>();
        for (var i = 0; i < 600; i++)
        {
            var keys = WorkerChoice.Among(workers, "nobody", random).Ready.Select(worker => worker.Key).ToArray();
            keys.ShouldBe(byLoad, ignoreOrder: true);
            keys[..2].ShouldBe(byLoad.Intersect(keys[..2]));
            keys[2..].ShouldBe(byLoad.Intersect(keys[2..]));
            first[keys[0]] = first.GetValueOrDefault(keys[0]) + 1;
        }

        // Of six pairs, three have the least loaded, two more the next, one more the third.
        first["b/0"].ShouldBeInRange(250, 350);
        first["b/1"].ShouldBeInRange(150, 250);
        first["c/0"].ShouldBeInRange(60, 140);
        first.ShouldNotContainKey("a/0");
        Among(workers[..2]).Ready.Select(worker => worker.Key).ShouldBe(["c/0", "a/0"]);
    }

    [Fact]
    public void Asks_equal_ones_in_turns_that_are_chosen_at_random()
    {
        WorkerStatus[] workers = [Ready("a/0", 0, 0), Ready("b/0", 0, 0)];
        var random = new Random(5);
        var first = Enumerable.Range(0, 300).Select(_ => WorkerChoice.Among(workers, "nobody", random).Ready[0].Key);
        first.Count(key => key == "a/0").ShouldBeInRange(110, 190);
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
    public void Other_work_goes_to_the_less_loaded_and_among_equals_to_the_own_silo()
    {
        FirstOf(Ready("a/0", 2, 1), Ready("own/0", 2, 1)).ShouldBe("own/0");
        FirstOf(Ready("own/0", 2, 1), Ready("b/0", 1, 1)).ShouldBe("b/0");

        static string FirstOf(params WorkerStatus[] workers) => WorkerChoice.Among(workers, "own", new Random(0)).Ready[0].Key;
    }

    private static IEnumerable<string> Own(IReadOnlyList<WorkerStatus> workers) =>
        WorkerChoice.Among(workers, "own", new Random(0), preferOwn: true).Ready.Select(worker => worker.Key);

    private static WorkerChoice Among(IReadOnlyList<WorkerStatus> workers) => WorkerChoice.Among(workers, "nobody", new Random(0));

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
