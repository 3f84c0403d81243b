using DiaOrleans.Grains.Retention;

namespace DiaOrleans.Grains.Tests.Retention;

public sealed class RetentionAgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Hours_count_back_from_now() => RetentionAge.GetOldestKept(Now, 24).ShouldBe(Now.AddDays(-1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Zero_hours_and_below_keep_nothing(long hours) => RetentionAge.GetOldestKept(Now, hours).ShouldBe(Now);

    [Theory]
    [InlineData(100_000_000)]
    [InlineData(long.MaxValue)]
    public void Hours_that_reach_back_before_the_year_1_keep_everything(long hours) =>
        RetentionAge.GetOldestKept(Now, hours).ShouldBe(DateTimeOffset.MinValue);
}
