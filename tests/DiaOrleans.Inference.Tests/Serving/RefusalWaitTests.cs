using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class RefusalWaitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RefusalWait _wait;

    public RefusalWaitTests() => _wait = new RefusalWait(_time);

    [Fact]
    public void A_wait_is_the_backlog_at_the_speed_at_which_calls_have_ended()
    {
        _wait.Admitted();
        _time.Advance(TimeSpan.FromSeconds(4));
        End(20, isLast: false);
        Refuse(100).ShouldBe(20);
    }

    [Fact]
    public void Calls_that_were_refused_before_and_will_come_back_are_made_before_it()
    {
        _wait.Admitted();
        _time.Advance(TimeSpan.FromSeconds(10));
        End(10, isLast: false);
        Refuse(20, own: 5).ShouldBe(20);
        Refuse(20, own: 5).ShouldBe(25);
        Refuse(20, own: 5).ShouldBe(30);
        _time.Advance(TimeSpan.FromSeconds(26));
        // Two have come back, or have given up. Meanwhile as many seconds of audio were made.
        End(26, isLast: false);
        Refuse(20, own: 5).ShouldBe(25);
        _time.Advance(TimeSpan.FromHours(2));
        End(7200, isLast: false);
        Refuse(20, own: 5).ShouldBe(20);
    }

    [Fact]
    public void Idle_time_is_no_part_of_the_speed()
    {
        _wait.Admitted();
        _time.Advance(TimeSpan.FromSeconds(2));
        End(4, isLast: true);
        _time.Advance(TimeSpan.FromMinutes(5));
        _wait.Admitted();
        _time.Advance(TimeSpan.FromSeconds(2));
        End(4, isLast: false);
        Refuse(40).ShouldBe(20);
    }

    [Fact]
    public void The_speed_follows_the_load()
    {
        _wait.Admitted();
        Make(seconds: 600, speed: 1);
        Refuse(40).ShouldBe(40);
        Make(seconds: 600, speed: 4);
        Refuse(40).ShouldBeInRange(10, 11);
    }

    [Fact]
    public void A_wait_before_the_first_end_comes_from_the_speed_of_the_steps_and_is_a_second_to_an_hour()
    {
        _wait.Refuse(1, 30, seconds => TimeSpan.FromSeconds(seconds / 3)).ShouldBe(TimeSpan.FromSeconds(10));
        _wait.Refuse(1, 0, _ => TimeSpan.Zero).ShouldBe(TimeSpan.FromSeconds(1));
        _wait.Refuse(1, 1, _ => TimeSpan.FromDays(1)).ShouldBe(TimeSpan.FromHours(1));
    }

    private void End(double seconds, bool isLast)
    {
        _wait.Made(seconds);
        _wait.Ended(isLast);
    }

    private void Make(double seconds, double speed)
    {
        for (double made = 0; made < seconds; made += speed)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            End(speed, isLast: false);
        }
    }

    private double Refuse(double backlog, double own = 0) =>
        _wait.Refuse(own, backlog, _ => throw new InvalidOperationException("The speed is measured.")).TotalSeconds;
}
