using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_grow_from_1_to_30_seconds_and_start_again_after_a_success()
    {
        var backoff = new Backoff();
        Enumerable.Range(0, 7).Select(_ => backoff.Next().TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
        backoff.Failures.ShouldBe(7);
        backoff.Reset();
        backoff.IsFailing.ShouldBeFalse();
        backoff.Next().TotalSeconds.ShouldBe(1);
    }
}
