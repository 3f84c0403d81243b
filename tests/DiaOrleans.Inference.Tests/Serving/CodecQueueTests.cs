using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CodecQueueTests
{
    private readonly CodecQueue _queue = new();

    [Fact]
    public void The_call_whose_listener_has_least_goes_first_and_equals_in_order()
    {
        var (old, first, second) = (Call(), Call(), Call());
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
    public async Task Who_waits_gets_what_comes_and_hears_of_the_end()
    {
        var taker = Task.Factory.StartNew(
            () =>
            {
                var taken = 0;
                while (_queue.TryTake(out _)) taken++;
                return taken;
            },
            TaskCreationOptions.LongRunning);
        Add(Call(), 0);
        Add(Call(), 0);
        _queue.Close();
        (await taker).ShouldBe(2);
    }

    private void Add(QueuedCall call, int framesBefore) => _queue.Add(new CodecJob(call, new CodecPiece(new CodeGrid(1, 9), 0, 1, framesBefore, null)));

    private static QueuedCall Call() => new(new SpeechRun(new SpeechCall { TextIds = [97], MaxFrames = 1, Seed = 0 }), [97], 1, 1);
}
