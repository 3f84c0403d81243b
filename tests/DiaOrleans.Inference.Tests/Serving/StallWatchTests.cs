using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class StallWatchTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ManualTimer _time = new();
    private readonly StallWatch.Activity _step = new("A step");
    private readonly StallWatch.Activity _window = new("A window");
    private readonly List<EngineFault> _faults = [];
    private readonly StallWatch _watch;

    public StallWatchTests() => _watch = new StallWatch([_step, _window], _time, _faults.Add);

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void A_call_that_does_not_return_is_reported_after_the_limit()
    {
        using var call = _step.Begin();
        Pass(StallWatch.Limit);
        _faults.ShouldBeEmpty();
        Pass(Period);
        _faults.ShouldBe([new EngineFault("A step has taken more than 120 s.", IsStalled: true)]);
    }

    [Fact]
    public void Calls_that_return_are_never_reported_and_neither_is_a_thread_without_a_call()
    {
        _window.Begin().Dispose();
        for (var i = 0; i < 100; i++)
        {
            using var call = _step.Begin();
            Pass(StallWatch.Limit - Period);
        }

        _faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_call_is_late_if_it_takes_much_longer_than_those_before_it()
    {
        var clock = new SetClock();
        var activity = new StallWatch.Activity("A step", clock);
        activity.IsLate.ShouldBeFalse();
        using (activity.Begin())
        {
            clock.Seconds = 9.9;
            activity.IsLate.ShouldBeFalse("nothing is known of the first call");
            clock.Seconds = 10.1;
            activity.IsLate.ShouldBeTrue();
        }

        activity.IsLate.ShouldBeFalse();
        for (var i = 0; i < 1000; i++) Take(0.001);
        ShouldBeLateAfter(0.5);
        Take(0.2);
        ShouldBeLateAfter(1.6);

        void Take(double seconds)
        {
            using var call = activity.Begin();
            clock.Seconds += seconds;
        }

        void ShouldBeLateAfter(double seconds)
        {
            using var call = activity.Begin();
            clock.Seconds += seconds - 0.001;
            activity.IsLate.ShouldBeFalse();
            clock.Seconds += 0.3;
            activity.IsLate.ShouldBeTrue();
            clock.Seconds -= seconds + 0.299;
        }
    }

    private sealed class SetClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }

    private void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Period) _time.Tick();
    }
}
