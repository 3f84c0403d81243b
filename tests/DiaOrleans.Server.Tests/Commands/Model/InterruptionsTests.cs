using DiaOrleans.Server.Commands.Model;
using DiaOrleans.Server.Models.Downloading;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Commands.Model;

public sealed class InterruptionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RemoteFile _file = new("model.safetensors", 10, null);

    [Fact]
    public void Connections_that_break_off_together_are_told_once()
    {
        var interruptions = new Interruptions(_time);
        const string Told = "model.safetensors: interrupted, its source breaks off; it continues";
        Tell(TimeSpan.Zero).ShouldBe($"{Told} now.");
        Tell(TimeSpan.Zero).ShouldBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Tell(TimeSpan.FromSeconds(1)).ShouldBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Tell(TimeSpan.FromSeconds(2.5)).ShouldBe($"{Told} in 2.5 s.");

        string? Tell(TimeSpan wait) => interruptions.Describe(_file, new IOException(), wait);
    }
}
