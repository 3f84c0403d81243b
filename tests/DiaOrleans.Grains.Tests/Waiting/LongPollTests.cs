using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class LongPollTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(20, 20)]
    [InlineData(3600, 20)]
    public void A_wait_is_limited_to_20_seconds(int requested, int limited) =>
        LongPoll.Limit(TimeSpan.FromSeconds(requested)).ShouldBe(TimeSpan.FromSeconds(limited));
}
