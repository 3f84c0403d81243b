using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Execution;

/// <summary>The memory that a model takes while it is loaded and served, estimated from its headers.</summary>
/// <param name="Weights">Bytes of the weights of model and codec, in the precision of the computation.</param>
/// <param name="Slots">Requests at a time.</param>
/// <param name="Caches">Bytes of the caches of all slots.</param>
/// <param name="Rest">Bytes of everything else: the program, the graphs, and the windows of the codec.</param>
public sealed record ModelMemory(long Weights, int Slots, long Caches, long Rest)
{
    /// <summary>What a server without a model, the libraries and the work of one step take, measured.</summary>
    private const long Program = 220L << 20;

    private const int Fp32Bytes = 4;

    /// <summary>All together.</summary>
    public long Total => Weights + Caches + Rest;

    /// <summary>Reads headers only.</summary>
    /// <param name="options">The model, and how it is run.</param>
    /// <exception cref="CheckpointException">The folder has no checkpoint, or no codec.</exception>
    public static ModelMemory Estimate(ModelOptions options)
    {
        var checkpoint = DiaCheckpoint.Open(options.Folder, options.Profile);
        var codec = DacCheckpoint.Open(CodecLocator.Find(options.Folder, options.CodecFolder));
        var target = ExecutionTarget.Parse(options.Device, options.Precision);
        var slots = options.Slots ?? SlotBudget.Choose(target, checkpoint);
        var weights = WeightBytes(checkpoint, target.Precision) + codec.ParameterCount * Fp32Bytes;
        var caches = slots * SlotBudget.SlotBytes(target, checkpoint.Config);
        return new ModelMemory(weights, slots, caches, Program + codec.ParameterCount * Fp32Bytes);
    }

    /// <summary>Linear maps with the scales of their blocks; what is not quantised of such a model is in fp32.</summary>
    private static long WeightBytes(DiaCheckpoint checkpoint, Precision precision)
    {
        if (precision.WeightBits is not { } bits) return checkpoint.ParameterCount * precision.Activation.ByteSize();
        var linear = new DiaShapes(checkpoint.Config).Linears.Sum(l => (long)l.Shape.Inputs * l.Shape.Outputs);
        return (long)(linear * BlockQuantiser.BytesPerWeight(bits)) + (checkpoint.ParameterCount - linear) * Fp32Bytes;
    }
}
