using DiaOrleans.Grains.Speech;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Speech;

public sealed class ClientWatchTests
{
    [Fact]
    public void Silence_starts_when_the_last_call_ends()
    {
        var time = new FakeTimeProvider();
        var watch = new ClientWatch(time);
        time.Advance(TimeSpan.FromSeconds(5));
        watch.Silence.ShouldBe(TimeSpan.FromSeconds(5));
        var first = watch.Enter();
        var second = watch.Enter();
        time.Advance(TimeSpan.FromSeconds(50));
        first.Dispose();
        time.Advance(TimeSpan.FromSeconds(50));
        watch.Silence.ShouldBe(TimeSpan.Zero);
        second.Dispose();
        time.Advance(TimeSpan.FromSeconds(7));
        watch.Silence.ShouldBe(TimeSpan.FromSeconds(7));
    }
}
