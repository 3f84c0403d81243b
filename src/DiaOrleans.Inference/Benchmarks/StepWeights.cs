using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>The weights that one step of the decoder reads, in any batch.</summary>
internal static class StepWeights
{
    /// <summary>
    /// Bytes of the decoder's linear maps. Keys and values of cross-attention are made by the text encoder; embeddings and norms are small.
    /// </summary>
    public static double Bytes(DiaConfig config, Precision precision)
    {
        var linears = new DiaShapes(config).Linears.Where(l => !IsTextEncoders(l.Module));
        var count = linears.Sum(l => (double)l.Shape.Inputs * l.Shape.Outputs);
        var bytes = precision.WeightBits is { } bits
            ? BlockQuantiser.BytesPerWeight(bits)
            : Graphs.OnnxElements.ByteSize(precision.Activation);
        return count * bytes;
    }

    private static bool IsTextEncoders(string module) =>
        module.StartsWith("encoder.", StringComparison.Ordinal)
        || module.EndsWith("cross_attention.k_proj", StringComparison.Ordinal)
        || module.EndsWith("cross_attention.v_proj", StringComparison.Ordinal);
}
