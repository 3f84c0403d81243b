using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class JobOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => OptionsValidation.FindInvalid(new JobOptions()).ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_value_below_1_is_invalid(int maxPendingJobs) =>
        OptionsValidation.FindInvalid(new JobOptions { MaxPendingJobs = maxPendingJobs }).ShouldBe([nameof(JobOptions.MaxPendingJobs)]);
}
