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

    private void Pass(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Period) _time.Tick();
    }
}
