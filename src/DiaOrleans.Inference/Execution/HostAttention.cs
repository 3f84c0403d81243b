using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Execution;

/// <summary>Whether this program computes attention (<see cref="HostOperators"/>), and the element type of the caches.</summary>
internal static class HostAttention
{
    /// <summary>Whether operators of this program compute the attention of the decoder.</summary>
    /// <param name="target">Device and precision.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="byRow">Whether each guidance row is a batch entry of its own.</param>
    public static bool Computes(ExecutionTarget target, DecoderShape shape, bool byRow) =>
        target.Device.HasHostOperators
        && target.Precision.Activation == OnnxType.Float
        && !byRow
        && AttentionHeads.CanCompute(shape.HeadDim)
        && AttentionHeads.CanCompute(shape.CrossHeadDim);

    /// <summary>
    /// Whether keys and values are kept in bf16: where weights are rounded much more, and attention waits for the memory of its caches
    /// (bench/README.md).
    /// </summary>
    /// <inheritdoc cref="Computes" path="/param"/>
    public static bool HasNarrowCaches(ExecutionTarget target, DecoderShape shape, bool byRow) =>
        Computes(target, shape, byRow)
        && target.Precision.WeightBits is not null
        && NarrowHeads.CanCompute(shape.HeadDim)
        && NarrowHeads.CanCompute(shape.CrossHeadDim);

    /// <summary>Element type of keys and values in the caches.</summary>
    /// <inheritdoc cref="Computes" path="/param"/>
    public static OnnxType CacheType(ExecutionTarget target, DecoderShape shape, bool byRow) =>
        HasNarrowCaches(target, shape, byRow) ? OnnxType.BFloat16 : target.Precision.Activation;
}
