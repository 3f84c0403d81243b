using System.Reflection;
using DiaOrleans.Grains.Jobs.Upgrade;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Jobs.Upgrade;

public sealed class JobUpgradeStartTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_start_goes_on_if_the_silo_of_the_grain_does_not_answer_at_first()
    {
        var (start, upgrade) = Create(new OrleansException("its silo was killed"));
        upgrade.Failures = 2;
        var running = start.Execute(TestContext.Current.CancellationToken);
        for (var pause = 0; pause < upgrade.Failures; pause++) _time.Advance(JobUpgradeStart.Pause);
        await running;
        upgrade.Calls.ShouldBe(3);
    }

    [Fact]
    public async Task An_error_of_the_upgrade_itself_ends_the_start()
    {
        var (start, upgrade) = Create(new InvalidDataException("not a row"));
        upgrade.Failures = 1;
        await Should.ThrowAsync<InvalidDataException>(() => start.Execute(TestContext.Current.CancellationToken));
        upgrade.Calls.ShouldBe(1);
    }

    private (JobUpgradeStart Start, FakeUpgrade Upgrade) Create(Exception fault)
    {
        var upgrade = new FakeUpgrade(fault);
        var grains = DispatchProxy.Create<IGrainFactory, OneGrain>();
        ((OneGrain)(object)grains).Grain = upgrade;
        return (new JobUpgradeStart(grains, _time), upgrade);
    }

    private sealed class FakeUpgrade(Exception fault) : IJobUpgradeGrain
    {
        public int Failures { get; set; }

        public int Calls { get; private set; }

        public Task Run() => ++Calls <= Failures ? Task.FromException(fault) : Task.CompletedTask;
    }

    /// <summary>Gives the same grain whatever it is asked for.</summary>
    public class OneGrain : DispatchProxy
    {
        public object? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }
}
