using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class EngineHostOptionsTests
{
    [Fact]
    public void The_defaults_are_valid_and_keep_the_model_loaded()
    {
        OptionsValidation.FindInvalid(new EngineHostOptions()).ShouldBeEmpty();
        new EngineHostOptions().IdleLimit.ShouldBeNull();
    }

    [Theory]
    [InlineData(-1, 0, 1, nameof(EngineHostOptions.DrainSeconds))]
    [InlineData(0, -1, 1, nameof(EngineHostOptions.IdleUnloadMinutes))]
    [InlineData(0, 0, 0, nameof(EngineHostOptions.Slots))]
    [InlineData(0, 0, 257, nameof(EngineHostOptions.Slots))]
    public void A_value_out_of_range_is_invalid(double drainSeconds, double idleMinutes, int slots, string invalid)
    {
        var options = new EngineHostOptions { DrainSeconds = drainSeconds, IdleUnloadMinutes = idleMinutes, Slots = slots };
        OptionsValidation.FindInvalid(options).ShouldBe([invalid]);
    }

    [Fact]
    public void Limits_are_the_settings_as_times()
    {
        var options = new EngineHostOptions { DrainSeconds = 1.5, IdleUnloadMinutes = 0.5 };
        options.DrainLimit.ShouldBe(TimeSpan.FromSeconds(1.5));
        options.IdleLimit.ShouldBe(TimeSpan.FromSeconds(30));
    }
}
