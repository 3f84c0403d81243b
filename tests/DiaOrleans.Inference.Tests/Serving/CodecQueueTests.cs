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
        while (_queue.Take(1) is [var job])
        {
            order.Add((job.Call, job.Piece.FramesBefore));
            _queue.Release(job);
        }

        order.ShouldBe([(first, 0), (second, 0), (first, 8), (old, 24), (old, 67)]);
    }

    [Fact]
    public async Task A_waiting_reader_gets_every_window_and_then_the_end()
    {
        var taker = Task.Factory.StartNew(
            () =>
            {
                var taken = 0;
                for (; _queue.Take(1) is [var job]; taken++) _queue.Release(job);
                return taken;
            },
            TaskCreationOptions.LongRunning);
        Add(TestCalls.Queued(), 0);
        Add(TestCalls.Queued(), 0);
        _queue.Close();
        (await taker).ShouldBe(2);
    }

    [Fact]
    public void Windows_of_the_same_length_go_together_one_a_call()
    {
        QueuedCall[] calls = [.. Enumerable.Range(0, 5).Select(_ => TestCalls.Queued())];
        Add(calls[0], 8, frames: 36);
        Add(calls[1], 0, frames: 18);
        Add(calls[2], 8, frames: 36);
        Add(calls[2], 24, frames: 36);
        Add(calls[3], 24, frames: 36);
        Add(calls[4], 24, frames: 36);
        Calls(_queue.Take(4)).ShouldBe([calls[1]]);
        var three = _queue.Take(3);
        Calls(three).ShouldBe([calls[0], calls[2], calls[3]]);
        _queue.Close();
        // The second window of calls[2] has to wait for its first one.
        Calls(_queue.Take(4)).ShouldBe([calls[4]]);
        foreach (var job in three) _queue.Release(job);
        Calls(_queue.Take(4)).ShouldBe([calls[2]]);
        _queue.Take(4).ShouldBeEmpty();
    }

    private static IEnumerable<QueuedCall> Calls(IReadOnlyList<CodecJob> jobs) => jobs.Select(job => job.Call);

    private void Add(QueuedCall call, int framesBefore, int frames = 1) => _queue.Add(new CodecJob(
        call,
        new CodecPiece(new WindowCodes(new CodeGrid(frames, 9), new FrameRange(0, frames), new SampleRange(0, 512)), framesBefore, null)));
}
