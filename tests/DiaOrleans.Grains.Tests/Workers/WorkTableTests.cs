using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void ReleaseForgotten_stops_work_that_nobody_follows_for_a_minute()
    {
        var table = new WorkTable(_time);
        var followed = Guid.NewGuid();
        var forgotten = Guid.NewGuid();
        var run = Run();
        table.Add(followed, Run());
        table.Add(forgotten, run);
        _time.Advance(TimeSpan.FromSeconds(59));
        table.ReleaseForgotten().ShouldBeEmpty();
        table.Follow(followed)!.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        table.ReleaseForgotten().ShouldBe([forgotten]);
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        table.Follow(forgotten).ShouldBeNull();
        table.Follow(followed)!.Run.Stop.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void Release_stops_the_run_and_may_come_twice()
    {
        var table = new WorkTable(_time);
        var id = Guid.NewGuid();
        var run = Run();
        table.Add(id, run);
        table.Contains(id).ShouldBeTrue();
        table.Release(id);
        table.Release(id);
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        table.Contains(id).ShouldBeFalse();
        table.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void ReleaseForgotten_keeps_followed_work_until_a_minute_after()
    {
        var table = new WorkTable(_time);
        var id = Guid.NewGuid();
        table.Add(id, Run());
        using (table.Follow(id))
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            table.ReleaseForgotten().ShouldBeEmpty();
        }

        _time.Advance(TimeSpan.FromSeconds(59));
        table.ReleaseForgotten().ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        table.ReleaseForgotten().ShouldBe([id]);
    }

    private static SpeechRun Run() => new(new SpeechCall { TextIds = [97], MaxFrames = 1, Seed = 1 });
}
