using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class RequestQueueTests
{
    [Fact]
    public void Calls_leave_in_the_order_they_came()
    {
        var room = new RequestQueue(100, 10);
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
    public void The_more_urgent_goes_first()
    {
        var room = new RequestQueue(100, 10);
        CallPriority[] order = [CallPriority.Background, CallPriority.Waiting, CallPriority.Live, CallPriority.Waiting, CallPriority.Live];
        var calls = order.Select(priority => Call(5, priority)).ToArray();
        foreach (var call in calls) room.TryEnter(call);
        Taken(room, 5).ShouldBe([calls[2], calls[4], calls[1], calls[3], calls[0]]);
    }

    [Fact]
    public void Nobody_starves_however_many_urgent_calls_come()
    {
        var room = new RequestQueue(1000, 100);
        var (background, waiting) = (Call(1, CallPriority.Background), Call(1));
        room.TryEnter(background);
        room.TryEnter(waiting);
        var order = new List<QueuedCall>();
        for (var i = 0; i < 30; i++)
        {
            room.TryEnter(Call(1, CallPriority.Live));
            order.AddRange(Taken(room, 1));
        }

        order.IndexOf(background).ShouldBe(RequestQueue.TimeLimits);
        order.IndexOf(waiting).ShouldBe(2 * RequestQueue.TimeLimits + 1);
        order.Count(call => call.Run.Call.Priority == CallPriority.Live).ShouldBe(28);
    }

    [Fact]
    public void An_eldest_call_that_gives_up_leaves_its_claim_to_nobody()
    {
        var room = new RequestQueue(1000, 100);
        var (first, second) = (Call(1, CallPriority.Background), Call(1, CallPriority.Background));
        room.TryEnter(first);
        room.TryEnter(second);
        for (var i = 0; i < RequestQueue.TimeLimits; i++)
        {
            room.TryEnter(Call(1, CallPriority.Live));
            Taken(room, 1);
        }

        room.TryRemove(first);
        var live = Call(1, CallPriority.Live);
        room.TryEnter(live);
        Taken(room, 2).ShouldBe([live, second]);
    }

    [Fact]
    public void Predicted_seconds_are_bounded()
    {
        var room = new RequestQueue(10, 100);
        room.TryEnter(Call(6)).ShouldBeTrue();
        room.TryEnter(Call(5)).ShouldBeFalse();
        room.TryEnter(Call(4)).ShouldBeTrue();
    }

    [Fact]
    public void An_empty_room_takes_a_call_of_any_length() => new RequestQueue(10, 100).TryEnter(Call(1000)).ShouldBeTrue();

    [Fact]
    public void The_number_of_calls_is_bounded()
    {
        var room = new RequestQueue(1000, 2);
        room.TryEnter(Call(1)).ShouldBeTrue();
        room.TryEnter(Call(1)).ShouldBeTrue();
        room.TryEnter(Call(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_call_counts_as_backlog_until_it_ends_and_as_waiting_until_it_is_taken()
    {
        var room = new RequestQueue(10, 100);
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
        var room = new RequestQueue(10, 100);
        var call = Call(9);
        room.TryEnter(call);
        room.TryEnter(Call(5)).ShouldBeFalse();
        room.TryRemove(call).ShouldBeTrue();
        room.TryRemove(call).ShouldBeFalse();
        room.TryEnter(Call(5)).ShouldBeTrue();
    }

    private static QueuedCall[] Taken(RequestQueue room, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => room.TryTake(out var call) ? call : throw new InvalidOperationException("Nobody waits."))];

    private static QueuedCall Call(double seconds, CallPriority priority = CallPriority.Waiting) =>
        new(new SpeechRun(new SpeechCall { TextIds = [97], MaxFrames = 1, Seed = 0, Priority = priority }), [97], 1, seconds);
}
