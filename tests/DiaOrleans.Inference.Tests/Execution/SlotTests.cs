using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class SlotTests
{
    private const int Steps = 40;

    [Theory]
    [InlineData("fp32", 1)]
    [InlineData("fp32", 4)]
    [InlineData("int8", 1)]
    [InlineData("int8", 4)]
    public void A_step_allocates_nothing_at_any_position(string precision, int slots)
    {
        using var model = Golden.Load("dia-nano", slots: slots, precision: ExecutionTarget.Parse("cpu", precision).Precision, threads: 1);
        var speaking = Enumerable.Range(0, slots).Select(i => new Slot(i, model, model.Decoder)).ToArray();
        var request = new DecodeRequest(TextIds.Encode("[S1] 1234 5678 [S1]"), MaxFrames: 480, Seed: 4, Prompt: null, Sampling: null);
        foreach (var slot in speaking) slot.Enter(request);
        // The pools of scratch memory get their largest arrays.
        Allocated(6 * Steps);
        foreach (var slot in speaking) slot.Enter(request);
        Allocated(1);
        Allocated(Steps).ShouldBe(0);
        Allocated(4 * Steps);
        Allocated(Steps).ShouldBe(0);

        long Allocated(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count; i++)
            {
                foreach (var slot in speaking) slot.Feed();
                model.Decoder.Step();
                foreach (var slot in speaking) slot.Advance();
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            speaking.ShouldAllBe(slot => !slot.Grid!.Finished);
            return allocated;
        }
    }
}
