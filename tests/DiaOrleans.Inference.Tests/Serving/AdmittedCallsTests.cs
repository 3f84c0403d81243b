using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class AdmittedCallsTests
{
    private const int FrameRate = 10;

    private readonly FakeTimeProvider _time = new();
    private readonly AdmittedCalls _calls;

    public AdmittedCallsTests() =>
        _calls = new AdmittedCalls(new RequestQueue(1000, 100), new DrainGate(), new RefusalWait(_time), FrameRate);

    [Fact]
    public void A_burst_is_told_the_rest_of_the_backlog_at_the_speed_of_the_calls_that_are_being_made()
    {
        var calls = Enumerable.Range(0, 4).Select(_ => Admit(10)).ToArray();
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (var call in calls[..2]) Make(call, seconds: 2);
        // 4 s were made in 2 s, and 36 s are left.
        Refuse().ShouldBe(18);
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (var call in calls[..2]) Make(call, seconds: 2);
        Refuse().ShouldBe(16);
    }

    [Fact]
    public void A_call_that_is_complete_counts_as_its_prediction()
    {
        var (shorter, longer) = (Admit(10), Admit(10));
        Admit(30);
        _time.Advance(TimeSpan.FromSeconds(4));
        Make(shorter, seconds: 3);
        Make(longer, seconds: 25);
        _calls.TryEnd(shorter, isComplete: true).ShouldBeTrue();
        _calls.TryEnd(longer, isComplete: true).ShouldBeTrue();
        // 20 predicted seconds in 4 s.
        Refuse().ShouldBe(6);
    }

    [Fact]
    public void Cancelled_calls_count_as_what_was_made_of_them()
    {
        foreach (var call in Enumerable.Range(0, 20).Select(_ => Admit(10)).ToArray()) _calls.TryEnd(call, isComplete: false);
        var (stopped, other) = (Admit(10), Admit(10));
        _time.Advance(TimeSpan.FromSeconds(4));
        Make(stopped, seconds: 2);
        _calls.TryEnd(stopped, isComplete: false);
        Make(other, seconds: 2);
        Refuse().ShouldBe(8);
    }

    [Fact]
    public void Frames_of_an_earlier_run_are_no_work_of_this_one()
    {
        var made = new CodeGrid(5 * FrameRate, 9);
        Admit(10, made);
        _time.Advance(TimeSpan.FromSeconds(5));
        Make(Admit(10), seconds: 5);
        Refuse().ShouldBe(15);
    }

    private static void Make(QueuedCall call, int seconds) => call.Run.Append(new CodeGrid(seconds * FrameRate, 9));

    private QueuedCall Admit(double seconds, CodeGrid? made = null)
    {
        var call = TestCalls.Queued(seconds, made: made);
        _calls.TryAdd(call).ShouldBe(EngineRefusal.None);
        return call;
    }

    /// <summary>The wait in seconds of a call without length, so that one refusal does not count for the next.</summary>
    private double Refuse() =>
        _calls.Refuse(TestCalls.Queued(0), _ => throw new InvalidOperationException("The speed is measured.")).TotalSeconds;
}
