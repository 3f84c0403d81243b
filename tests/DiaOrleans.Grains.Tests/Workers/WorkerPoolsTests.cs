using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkerPoolsTests
{
    private static readonly WorkerStatus Fake = Ready("a/0", "fake", "fp32", "cpu");
    private static readonly WorkerStatus Int8 = Ready("b/0", "fake", "int8", "cpu");
    private static readonly WorkerStatus Cuda = Ready("c/0", "fake", "fp32", "cuda:0");
    private static readonly WorkerStatus Other = Ready("d/0", "big", "bf16", "cuda:1") with { State = WorkerState.Draining };
    private static readonly WorkerStatus Asleep = new() { Key = "e/0", State = WorkerState.Asleep };

    private static readonly WorkerStatus[] All = [Fake, Int8, Cuda, Other, Asleep];

    [Fact]
    public void A_pool_is_model_precision_and_kind_of_device()
    {
        Fake.Pool.ShouldBe("fake/fp32/cpu");
        Cuda.Pool.ShouldBe("fake/fp32/cuda");
        Asleep.Pool.ShouldBeNull();
    }

    [Fact]
    public void A_request_without_a_model_is_for_the_default_pool_or_the_first_by_name_whatever_its_workers_do()
    {
        For(null, null).ShouldBe([Other, Asleep]);
        For("fake/int8/cpu", null).ShouldBe([Int8, Asleep]);
        For("gone/fp32/cpu", null).ShouldBe([Asleep]);
    }

    [Fact]
    public void A_request_with_a_model_is_for_one_pool_that_has_it()
    {
        For(null, "fake").ShouldBe([Fake, Asleep]);
        For("fake/fp32/cuda", "fake").ShouldBe([Cuda, Asleep]);
        For("fake/fp32/cuda", "big").ShouldBe([Other, Asleep]);
        For("fake/fp32/cuda", "gone").ShouldBe([Asleep]);
    }

    [Fact]
    public void The_pools_are_unchosen_unless_the_setting_names_one()
    {
        Pools(null).FindUnchosen(All).ShouldBe(["big/bf16/cuda", "fake/fp32/cpu", "fake/fp32/cuda", "fake/int8/cpu"]);
        Pools(null).FindUnchosen([Fake, Fake, Asleep]).ShouldBe(["fake/fp32/cpu"]);
        Pools("fake/int8/cpu").FindUnchosen(All).ShouldBeEmpty();
    }

    private static WorkerPools Pools(string? preferred) =>
        new(new CurrentValue<WorkerPoolOptions>(new WorkerPoolOptions { DefaultPool = preferred }));

    private static IReadOnlyList<WorkerStatus> For(string? preferred, string? model) => Pools(preferred).For(All, model);

    private static WorkerStatus Ready(string key, string model, string precision, string device) => new()
    {
        Key = key,
        State = WorkerState.Ready,
        Device = device,
        Model = FakeEngine.Description.ToFacts() with { Name = model, Precision = precision },
    };
}
