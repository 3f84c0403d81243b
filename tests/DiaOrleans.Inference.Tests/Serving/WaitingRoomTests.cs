using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class WaitingRoomTests
{
    [Fact]
    public void Calls_leave_in_the_order_they_came()
    {
        var room = new WaitingRoom(100, 10);
        var calls = Enumerable.Range(0, 3).Select(_ => Call(5)).ToArray();
        foreach (var call in calls) room.TryEnter(call).ShouldBeTrue();
        foreach (var call in calls)
        {
            room.TryTake(out var taken).ShouldBeTrue();
            taken.ShouldBeSameAs(call);
        }

        room.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void Predicted_seconds_are_bounded()
    {
        var room = new WaitingRoom(10, 100);
        room.TryEnter(Call(6)).ShouldBeTrue();
        room.TryEnter(Call(5)).ShouldBeFalse();
        room.TryEnter(Call(4)).ShouldBeTrue();
    }

    [Fact]
    public void An_empty_room_takes_a_call_of_any_length() => new WaitingRoom(10, 100).TryEnter(Call(1000)).ShouldBeTrue();

    [Fact]
    public void The_number_of_calls_is_bounded()
    {
        var room = new WaitingRoom(1000, 2);
        room.TryEnter(Call(1)).ShouldBeTrue();
        room.TryEnter(Call(1)).ShouldBeTrue();
        room.TryEnter(Call(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_call_counts_as_backlog_until_it_ends_and_as_waiting_until_it_is_taken()
    {
        var room = new WaitingRoom(10, 100);
        room.TryEnter(Call(8));
        room.TryTake(out var running);
        room.BacklogSeconds.ShouldBe(8);
        room.TryEnter(Call(10)).ShouldBeTrue();
        room.BacklogSeconds.ShouldBe(18);
        room.Leave(running);
        room.BacklogSeconds.ShouldBe(10);
    }

    [Fact]
    public void A_call_that_gives_up_makes_room()
    {
        var room = new WaitingRoom(10, 100);
        var call = Call(9);
        room.TryEnter(call);
        room.TryEnter(Call(5)).ShouldBeFalse();
        room.TryRemove(call).ShouldBeTrue();
        room.TryRemove(call).ShouldBeFalse();
        room.TryEnter(Call(5)).ShouldBeTrue();
    }

    private static PreparedCall Call(double seconds) => new(new SpeechRun(new SpeechCall { Text = "a", MaxFrames = 1, Seed = 0 }), [97], 1, seconds);
}
