using DiaOrleans.Server.Health;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Health;

public sealed class StepAgeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StepAge _age;

    public StepAgeTests() => _age = new StepAge(_time);

    [Fact]
    public void Measure_NoStepWhileThereIsWork_TheTimeSinceTheFirstQuestion()
    {
        After(100, working: true, steps: 7).ShouldBe(0);
        After(3, working: true, steps: 7).ShouldBe(3);
        After(30, working: true, steps: 7).ShouldBe(33);
    }

    [Fact]
    public void Measure_AStepOrNoWorkBetweenTwoQuestions_BeginsAnew()
    {
        After(1, working: true, steps: 7);
        After(20, working: true, steps: 8).ShouldBe(0);
        After(20, working: true, steps: 8).ShouldBe(20);
        After(20, working: false, steps: 8).ShouldBe(0);
        After(20, working: true, steps: 8).ShouldBe(0);
        After(5, working: true, steps: 8).ShouldBe(5);
    }

    private double After(double seconds, bool working, long steps)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return _age.Measure(working, steps).TotalSeconds;
    }
}
