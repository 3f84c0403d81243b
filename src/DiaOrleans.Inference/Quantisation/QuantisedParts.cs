using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>A tensor of a file to write; <paramref name="Type"/> is a safetensors dtype.</summary>
internal sealed record NewTensor(string Name, string Type, long[] Shape, long Length);

/// <summary>Tensors that are computed together, one after another in the file.</summary>
/// <param name="Tensors">The tensors.</param>
/// <param name="Make">Computes their bytes.</param>
internal sealed record QuantisedPart(IReadOnlyList<NewTensor> Tensors, Func<IReadOnlyList<byte[]>> Make)
{
    /// <summary>Bytes of all its tensors.</summary>
    public long Length { get; } = Tensors.Sum(t => t.Length);
}

/// <summary>What a quantised file holds, in its order. One part at a time is in memory.</summary>
internal static class QuantisedParts
{
    /// <summary>The parts of a checkpoint's file.</summary>
    public static IEnumerable<QuantisedPart> Of(DiaCheckpoint checkpoint, BlockLayout layout)
    {
        var config = checkpoint.Config;
        var shapes = new DiaShapes(config);
        yield return Floats(QuantisedTensors.Text, [config.Encoder.Vocab, config.Encoder.Hidden], checkpoint.TextEmbedding);
        long rows = config.Decoder.Channels * config.Decoder.Vocab;
        yield return Floats(QuantisedTensors.Audio, [rows, config.Decoder.Hidden], [.. checkpoint.AudioEmbeddings]);
        foreach (var (module, size) in shapes.Vectors) yield return Floats(module, [size], checkpoint.Vector(module));
        foreach (var (module, _) in shapes.Linears) yield return Quantised(module, checkpoint.Linear(module), layout);
    }

    private static QuantisedPart Floats(string name, long[] shape, params TensorEntry[] sources)
    {
        var tensor = Tensor(name, "F32", shape, sizeof(float));
        return new QuantisedPart([tensor], () => [.. sources.Select(Read)]);

        static byte[] Read(TensorEntry source) => MemoryMarshal.AsBytes(Numbers(source, TensorData.Read(source)).AsSpan()).ToArray();
    }

    private static QuantisedPart Quantised(string module, LinearWeight weight, BlockLayout layout)
    {
        var codes = Tensor(QuantisedTensors.Codes(module), "U8", layout.CodesShape(weight.In, weight.Out), sizeof(byte));
        var scales = Tensor(QuantisedTensors.Scales(module), "F32", layout.ScalesShape(weight.In, weight.Out), sizeof(float));
        return new QuantisedPart([codes, scales], () => Quantise(weight, layout));
    }

    private static NewTensor Tensor(string name, string type, long[] shape, int elementBytes) =>
        new(name, type, shape, shape.Aggregate((long)elementBytes, (product, dim) => product * dim));

    private static IReadOnlyList<byte[]> Quantise(LinearWeight weight, BlockLayout layout)
    {
        var bits = layout.Bits;
        var values = Numbers(weight.Tensor, WeightReader.ReadOutputMajor(weight));
        var blocks = BlockQuantiser.Blocks(weight.In);
        var row = blocks * BlockQuantiser.BlockBytes(bits);
        var codes = new byte[weight.Out * row];
        var scales = new float[weight.Out * blocks];
        Parallel.For(0, weight.Out, output => BlockQuantiser.Quantise(
            values.AsSpan(output * weight.In, weight.In),
            bits,
            codes.AsSpan(output * row, row),
            scales.AsSpan(output * blocks, blocks)));
        return [layout.Arrange(codes, weight.Out), layout.Arrange(MemoryMarshal.AsBytes(scales.AsSpan()).ToArray(), weight.Out)];
    }

    /// <summary>The values of a tensor. Rounding would turn NaN into a number, and a fault into noise.</summary>
    /// <exception cref="CheckpointException">One is NaN or infinite.</exception>
    private static float[] Numbers(TensorEntry tensor, float[] values) => TensorPrimitives.IsFiniteAll<float>(values)
        ? values
        : throw new CheckpointException($"{tensor.File}: tensor {tensor.Name} has a number that is NaN or infinite. Fetch the file again.");
}
