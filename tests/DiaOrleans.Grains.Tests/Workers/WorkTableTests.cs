using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Workers;

public sealed class WorkTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Stops_and_forgets_what_nobody_asks_about_for_a_minute()
    {
        var table = new WorkTable(_time);
        var (asked, forgotten) = (Guid.NewGuid(), Guid.NewGuid());
        var run = Run();
        table.Add(asked, Run());
        table.Add(forgotten, run);
        _time.Advance(TimeSpan.FromSeconds(59));
        table.ReleaseForgotten().ShouldBeEmpty();
        table.Find(asked).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        table.ReleaseForgotten().ShouldBe([forgotten]);
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        table.Find(forgotten).ShouldBeNull();
        table.Find(asked)!.Stop.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void A_release_stops_the_run_and_may_come_twice()
    {
        var table = new WorkTable(_time);
        var (id, run) = (Guid.NewGuid(), Run());
        table.Add(id, run);
        table.Release(id);
        table.Release(id);
        run.Stop.IsCancellationRequested.ShouldBeTrue();
        table.Find(id).ShouldBeNull();
    }

    [Fact]
    public void Work_that_is_being_read_is_not_forgotten_until_a_minute_after()
    {
        var table = new WorkTable(_time);
        var id = Guid.NewGuid();
        table.Add(id, Run());
        using (table.Hold(id))
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            table.ReleaseForgotten().ShouldBeEmpty();
        }

        _time.Advance(TimeSpan.FromSeconds(59));
        table.ReleaseForgotten().ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        table.ReleaseForgotten().ShouldBe([id]);
        table.Hold(id).Dispose();
    }

    private static SpeechRun Run() => new(new SpeechCall { Text = "[S1] a [S1]", MaxFrames = 1, Seed = 1 });
}
