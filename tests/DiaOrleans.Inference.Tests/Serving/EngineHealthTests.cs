using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class EngineHealthTests
{
    private readonly List<EngineFault> _faults = [];
    private readonly EngineHealth _health;

    public EngineHealthTests() => _health = new EngineHealth(_faults.Add);

    [Fact]
    public void Three_failures_in_a_row_break_the_engine_once()
    {
        for (var i = 0; i < 5; i++)
        {
            _health.Fault.ShouldBe(_faults.SingleOrDefault());
            _faults.Count.ShouldBe(i >= EngineHealth.FailuresInARow ? 1 : 0);
            _health.Failed(new NotFiniteNumberException($"number {i}"));
        }

        _faults.ShouldHaveSingleItem().Reason.ShouldContain("number 2");
        _faults[0].IsStalled.ShouldBeFalse();
    }

    [Fact]
    public void A_completed_call_between_failures_keeps_it_working()
    {
        for (var i = 0; i < 10; i++)
        {
            _health.Failed(new InvalidOperationException());
            _health.Failed(new OutOfMemoryException());
            _health.Completed();
        }

        _faults.ShouldBeEmpty();
    }

    [Fact]
    public void Stopped_calls_are_no_failures()
    {
        for (var i = 0; i < 10; i++) _health.Failed(new TaskCanceledException());
        _faults.ShouldBeEmpty();
    }
}
