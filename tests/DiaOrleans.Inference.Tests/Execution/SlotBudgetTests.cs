using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Kernels;
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

    [Theory]
    [InlineData(16, 1, new[] { 16 })]
    [InlineData(16, 2, new[] { 8, 8 })]
    [InlineData(16, 64, new[] { 4, 4, 4, 4 })]
    [InlineData(11, 64, new[] { 6, 5 })]
    [InlineData(7, 2, new[] { 7 })]
    [InlineData(1, 2, new[] { 1 })]
    public void Share_SlotsAndCores_GivesTheSlotsOfEachDecoder(int slots, int cores, int[] expected) =>
        SlotBudget.Share(slots, cores).ShouldBe(expected);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SideBySide_OnTheHost_SharesTheSlotsOfSessionsWithOneThread(int threads)
    {
        var expected = threads == 1 ? SlotBudget.Share(16, Environment.ProcessorCount) : [16];
        SlotBudget.SideBySide(Device.Cpu, threads, 16).ShouldBe(expected);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("int8")]
    [InlineData("int4")]
    public void SlotBytes_Models_AreTheBytesOfTheirCaches(string precision)
    {
        var nano = DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-nano")).Config;
        var target = new ExecutionTarget(Device.Cpu, Precision.OfCpu.Single(p => p.Name == precision));
        var size = precision != "fp32" && NarrowVectors.IsSupported ? 2 : 4;
        // 6 layers of keys and values: 2 rows of 2 heads of 64, 512 rows; 4 heads of 64, 512 text ids.
        SlotBudget.SlotBytes(target, nano).ShouldBe(6 * 2 * (2 * 2 * 64 * 512L + 4 * 64 * 512L) * size);
        var published = DiaConfig.Read(Path.Combine(ReferenceSet.Repository, "bench", "dia-1.6b-0626"), null);
        (SlotBudget.SlotBytes(target, published) / Mega).ShouldBe((432 + 288) * size / 4);
    }

    [Fact]
    public void Choose_DiaNanoOnTheCpu_GivesSixteen() =>
        SlotBudget.Choose(ExecutionTarget.Default, DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-nano"))).ShouldBe(16);
}
