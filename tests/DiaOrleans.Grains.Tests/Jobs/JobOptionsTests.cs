using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class JobOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => OptionsValidation.FindInvalid(new JobOptions()).ShouldBeEmpty();

    [Theory]
    [InlineData(0, 1, nameof(JobOptions.MaxPendingJobs))]
    [InlineData(-1, 1, nameof(JobOptions.MaxPendingJobs))]
    [InlineData(1, 0, nameof(JobOptions.Slots))]
    [InlineData(1, -1, nameof(JobOptions.Slots))]
    public void A_value_below_1_is_invalid(int maxPendingJobs, int slots, string invalid) =>
        OptionsValidation.FindInvalid(new JobOptions { MaxPendingJobs = maxPendingJobs, Slots = slots }).ShouldBe([invalid]);
}
