using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class RequestQueueTests
{
    [Fact]
    public void Calls_leave_in_the_order_in_which_they_entered()
    {
        var queue = new RequestQueue(100, 10);
        var calls = Enumerable.Range(0, 3).Select(_ => TestCalls.Queued(5)).ToArray();
        foreach (var call in calls) queue.TryEnter(call).ShouldBeTrue();
        foreach (var call in calls)
        {
            queue.TryTake(out var taken).ShouldBeTrue();
            taken.ShouldBeSameAs(call);
        }

        queue.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void The_more_urgent_goes_first()
    {
        var queue = new RequestQueue(100, 10);
        CallPriority[] order = [CallPriority.Background, CallPriority.Waiting, CallPriority.Live, CallPriority.Waiting, CallPriority.Live];
        var calls = order.Select(priority => TestCalls.Queued(5, priority)).ToArray();
        foreach (var call in calls) queue.TryEnter(call);
        Taken(queue, 5).ShouldBe([calls[2], calls[4], calls[1], calls[3], calls[0]]);
    }

    [Fact]
    public void The_eldest_call_gets_a_slot_however_many_urgent_calls_come()
    {
        var queue = new RequestQueue(1000, 100);
        var background = TestCalls.Queued(1, CallPriority.Background);
        var waiting = TestCalls.Queued(1);
        queue.TryEnter(background);
        queue.TryEnter(waiting);
        var order = new List<QueuedCall>();
        for (var i = 0; i < 30; i++)
        {
            queue.TryEnter(TestCalls.Queued(1, CallPriority.Live));
            order.AddRange(Taken(queue, 1));
        }

        order.IndexOf(background).ShouldBe(RequestQueue.MaxPasses);
        order.IndexOf(waiting).ShouldBe(2 * RequestQueue.MaxPasses + 1);
        order.Count(call => call.Run.Call.Priority == CallPriority.Live).ShouldBe(28);
    }

    [Fact]
    public void A_removed_eldest_call_passes_its_claim_to_no_other()
    {
        var queue = new RequestQueue(1000, 100);
        var first = TestCalls.Queued(1, CallPriority.Background);
        var second = TestCalls.Queued(1, CallPriority.Background);
        queue.TryEnter(first);
        queue.TryEnter(second);
        for (var i = 0; i < RequestQueue.MaxPasses; i++)
        {
            queue.TryEnter(TestCalls.Queued(1, CallPriority.Live));
            Taken(queue, 1);
        }

        queue.TryRemove(first);
        var live = TestCalls.Queued(1, CallPriority.Live);
        queue.TryEnter(live);
        Taken(queue, 2).ShouldBe([live, second]);
    }

    [Fact]
    public void Predicted_seconds_are_bounded()
    {
        var queue = new RequestQueue(10, 100);
        queue.TryEnter(TestCalls.Queued(6)).ShouldBeTrue();
        queue.TryEnter(TestCalls.Queued(5)).ShouldBeFalse();
        queue.TryEnter(TestCalls.Queued(4)).ShouldBeTrue();
    }

    [Fact]
    public void An_empty_queue_takes_a_call_of_any_length() => new RequestQueue(10, 100).TryEnter(TestCalls.Queued(1000)).ShouldBeTrue();

    [Fact]
    public void The_number_of_calls_is_bounded()
    {
        var queue = new RequestQueue(1000, 2);
        queue.TryEnter(TestCalls.Queued(1)).ShouldBeTrue();
        queue.TryEnter(TestCalls.Queued(1)).ShouldBeTrue();
        queue.TryEnter(TestCalls.Queued(1)).ShouldBeFalse();
    }

    [Fact]
    public void A_call_counts_as_backlog_until_it_ends_and_as_waiting_until_it_is_taken()
    {
        var queue = new RequestQueue(10, 100);
        queue.TryEnter(TestCalls.Queued(8));
        queue.TryTake(out var running);
        queue.BacklogSeconds.ShouldBe(8);
        queue.TryEnter(TestCalls.Queued(10)).ShouldBeTrue();
        queue.BacklogSeconds.ShouldBe(18);
        queue.Leave(running);
        queue.BacklogSeconds.ShouldBe(10);
    }

    [Fact]
    public void A_removed_call_makes_room()
    {
        var queue = new RequestQueue(10, 100);
        var call = TestCalls.Queued(9);
        queue.TryEnter(call);
        queue.TryEnter(TestCalls.Queued(5)).ShouldBeFalse();
        queue.TryRemove(call).ShouldBeTrue();
        queue.TryRemove(call).ShouldBeFalse();
        queue.TryEnter(TestCalls.Queued(5)).ShouldBeTrue();
    }

    private static QueuedCall[] Taken(RequestQueue queue, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Taken(queue))];

    private static QueuedCall Taken(RequestQueue queue) =>
        queue.TryTake(out var call) ? call : throw new InvalidOperationException("The queue is empty.");
}
