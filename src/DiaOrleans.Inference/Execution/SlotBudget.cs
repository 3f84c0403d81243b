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
    /// <summary>The fewest slots of one of several decoders.</summary>
    private const int LeastBatch = 4;

    /// <summary>Slots of a model on a device.</summary>
    public static int Choose(ExecutionTarget target, DiaCheckpoint checkpoint)
    {
        var weights = checkpoint.ParameterCount * target.Precision.Activation.ByteSize();
        return Choose(target.Device.MemoryBytes, weights, SlotBytes(target, checkpoint.Config), target.Device.MostSlots);
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

    /// <summary>
    /// Slots of each decoder of a device. On a host whose sessions use one thread, several decoders step at once, each with
    /// <see cref="LeastBatch"/> slots or more; smaller batches cost more a slot (bench/README.md).
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="threads">Threads of a session on the host.</param>
    /// <param name="slots">Slots of all decoders.</param>
    public static IReadOnlyList<int> SideBySide(Device device, int threads, int slots) =>
        device == Device.Cpu && threads == 1 ? Share(slots, Environment.ProcessorCount) : [slots];

    /// <summary>Slots of as many decoders as there are cores, or fewer; the first ones have the larger shares.</summary>
    public static IReadOnlyList<int> Share(int slots, int cores)
    {
        var decoders = Math.Clamp(slots / LeastBatch, 1, cores);
        return [.. Enumerable.Range(0, decoders).Select(i => (slots + decoders - 1 - i) / decoders)];
    }

    /// <summary>Bytes of the caches of one slot with all its rows and text ids.</summary>
    public static long SlotBytes(ExecutionTarget target, DiaConfig config)
    {
        var shape = config.Decoder;
        var rows = 2L * shape.KvHeads * shape.HeadDim * shape.MaxPositions;
        var text = (long)shape.CrossHeads * shape.CrossHeadDim * config.Encoder.MaxPositions;
        var type = HostAttention.CacheType(target, shape, target.Device.CapturesSteps);
        return 2L * shape.Layers * (rows + text) * type.ByteSize();
    }
}
