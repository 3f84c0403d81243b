using System.Numerics;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The number of slots of an engine if no setting says: a power of two, as the batches are. A free slot costs no time, so memory alone
/// limits it; the caches of all slots, full, take at most half of what the weights leave.
/// </summary>
internal static class SlotBudget
{
    /// <summary>Slots of a model on a device.</summary>
    public static int Choose(ExecutionTarget target, DiaCheckpoint checkpoint)
    {
        var weights = checkpoint.ParameterCount * target.Precision.Activation.ByteSize();
        return Choose(target.Device.MemoryBytes, weights, SlotBytes(target.Precision, checkpoint.Config), target.Device.MostSlots);
    }

    /// <summary>At least 1, at most <paramref name="most"/>.</summary>
    /// <param name="memory">Bytes of the device.</param>
    /// <param name="weights">Bytes of the model's weights.</param>
    /// <param name="slot">Bytes of the caches of one slot.</param>
    /// <param name="most">The most slots.</param>
    public static int Choose(long memory, long weights, long slot, int most)
    {
        var fitting = Math.Clamp((memory - weights) / 2 / slot, 1, most);
        return 1 << BitOperations.Log2((uint)fitting);
    }

    /// <summary>Bytes of the caches of one slot with all its rows and text ids.</summary>
    public static long SlotBytes(Precision precision, DiaConfig config)
    {
        var shape = config.Decoder;
        var rows = 2L * shape.KvHeads * shape.HeadDim * shape.MaxPositions;
        var text = (long)shape.CrossHeads * shape.CrossHeadDim * config.Encoder.MaxPositions;
        return 2L * shape.Layers * (rows + text) * precision.Activation.ByteSize();
    }
}
