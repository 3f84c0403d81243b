using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class LostWorkersTests
{
    [Fact]
    public void A_lost_worker_is_avoided_for_ten_seconds_after_it_was_lost_last()
    {
        var time = new FakeTimeProvider();
        var lost = new LostWorkers(time);
        lost.Add("a/0");
        time.Advance(TimeSpan.FromSeconds(9));
        (lost.Contains("a/0"), lost.Contains("b/0")).ShouldBe((true, false));
        lost.Add("a/0");
        time.Advance(TimeSpan.FromSeconds(9));
        lost.Contains("a/0").ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        lost.Contains("a/0").ShouldBeFalse();
    }
}
