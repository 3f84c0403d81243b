using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class SlotTests
{
    [Fact]
    public void A_step_allocates_at_most_64_bytes_at_any_position()
    {
        using var model = Golden.Load("dia-nano");
        var slot = new Slot(0, model, model.Decoder);
        slot.Enter(new DecodeRequest(TextIds.Encode("[S1] 1234 5678 [S1]"), MaxFrames: 480, Seed: 4, Prompt: null, Sampling: null));
        Steps(50);
        var early = Steps(50);
        Steps(200);
        var late = Steps(50);
        late.ShouldBeLessThanOrEqualTo(early + 64);
        (late / 50).ShouldBeLessThanOrEqualTo(64);

        long Steps(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count && !slot.Grid!.Finished; i++)
            {
                slot.Feed();
                model.Decoder.Step();
                slot.Advance();
            }

            slot.Grid!.Finished.ShouldBeFalse();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
