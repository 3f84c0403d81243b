using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class SlotBudgetTests
{
    private const long Mega = 1 << 20;

    [Theory]
    [InlineData(100, 0, 1, 16)]
    [InlineData(20, 0, 1, 8)]
    [InlineData(19, 4, 1, 4)]
    [InlineData(100, 99, 1, 1)]
    [InlineData(10, 99, 1, 1)]
    public void Choose_Memory_GivesThePowerOfTwoThatHalfOfTheRestHolds(long memory, long weights, long slot, int expected) =>
        SlotBudget.Choose(memory, weights, slot, most: 16).ShouldBe(expected);

    [Fact]
    public void SlotBytes_Models_AreTheBytesOfTheirCaches()
    {
        var nano = DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-nano")).Config;
        // 6 layers of keys and values: 2 rows of 2 heads of 64, 512 rows; 4 heads of 64, 512 text ids.
        SlotBudget.SlotBytes(Precision.Fp32, nano).ShouldBe(6 * 2 * (2 * 2 * 64 * 512L + 4 * 64 * 512L) * sizeof(float));
        var published = DiaConfig.Read(Path.Combine(ReferenceSet.Repository, "bench", "dia-1.6b-0626"), null);
        (SlotBudget.SlotBytes(Precision.Fp32, published) / Mega).ShouldBe(432 + 288);
    }

    [Fact]
    public void Choose_DiaNanoOnTheCpu_GivesSixteen() =>
        SlotBudget.Choose(ExecutionTarget.Default, DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-nano"))).ShouldBe(16);
}
