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
        using var slot = new Slot(0, model);
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

    [Fact]
    public void A_batch_of_several_slots_gives_each_its_own_logits()
    {
        using var single = Golden.Load("dia-nano");
        using var several = Golden.Load("dia-nano", slots: 3);
        var ids = TextIds.Encode("[S1] The lamp is still on. [S1]");
        short[] row = [.. Enumerable.Repeat((short)single.Config.Bos, single.Delay.Channels)];
        using var one = single.TextEncoder.Encode(ids);
        using var other = several.TextEncoder.Encode(ids);
        using var longer = several.TextEncoder.Encode(TextIds.Encode("[S2] Something else, and rather longer than that. [S2]"));
        single.Decoder.Admit(0, one, 3);
        several.Decoder.Admit(0, longer, 3);
        several.Decoder.Admit(1, other, 3);
        single.Decoder.Feed(0, row, 0);
        for (var slot = 0; slot < 3; slot++) several.Decoder.Feed(slot, row, 0);
        var expected = single.Decoder.StepWithLogits(0);
        var actual = several.Decoder.StepWithLogits(1);
        Golden.Error(actual.Cond, expected.Cond).ShouldBeLessThan(1e-5);
        Golden.Error(actual.Uncond, expected.Uncond).ShouldBeLessThan(1e-5);
    }
}
