using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CodecQueueTests
{
    private readonly CodecQueue _queue = new();

    [Fact]
    public void The_window_with_the_fewest_frames_before_it_goes_first_and_equals_in_order()
    {
        var old = TestCalls.Queued();
        var first = TestCalls.Queued();
        var second = TestCalls.Queued();
        Add(old, 24);
        Add(old, 67);
        Add(first, 0);
        Add(second, 0);
        Add(first, 8);
        _queue.Close();
        var order = new List<(QueuedCall, int)>();
        while (_queue.TryTake(out var job)) order.Add((job.Call, job.Piece.FramesBefore));
        order.ShouldBe([(first, 0), (second, 0), (first, 8), (old, 24), (old, 67)]);
    }

    [Fact]
    public async Task A_waiting_reader_gets_every_window_and_then_the_end()
    {
        var taker = Task.Factory.StartNew(
            () =>
            {
                var taken = 0;
                while (_queue.TryTake(out _)) taken++;
                return taken;
            },
            TaskCreationOptions.LongRunning);
        Add(TestCalls.Queued(), 0);
        Add(TestCalls.Queued(), 0);
        _queue.Close();
        (await taker).ShouldBe(2);
    }

    private void Add(QueuedCall call, int framesBefore) =>
        _queue.Add(new CodecJob(call, new CodecPiece(new CodeGrid(1, 9), new SampleRange(0, 512), framesBefore, null)));
}
