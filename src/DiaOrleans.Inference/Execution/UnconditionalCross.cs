using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The unconditional row's text is all zeros: every encoder position is the same vector u, so each decoder layer's cross-attention returns
/// o_proj(v_proj(u)) for every query (spec/model.md 3.2). Computed once at load.
/// </summary>
internal static class UnconditionalCross
{
    /// <summary>Each layer's constant, [layers][hidden]. <paramref name="zero"/> is the encoded text of a single id 0.</summary>
    public static IReadOnlyList<float[]> Compute(DiaCheckpoint checkpoint, EncodedText zero)
    {
        var shape = checkpoint.Config.Decoder;
        var constants = new float[shape.Layers][];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var projection = checkpoint.Linear($"decoder.layers.{layer}.cross_attention.o_proj");
            constants[layer] = Multiply(projection, zero.Value(layer).ToSingles());
        }

        return constants;
    }

    private static float[] Multiply(LinearWeight weight, ReadOnlySpan<float> x)
    {
        using var file = MemoryMappedFile.CreateFromFile(weight.Tensor.File, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewStream(weight.Tensor.Offset, weight.Tensor.Length, MemoryMappedFileAccess.Read);
        var rowLength = weight.OutputMajor ? weight.In : weight.Out;
        var raw = new byte[rowLength * (weight.Tensor.Type == ElementType.F32 ? 4 : 2)];
        var row = new float[rowLength];
        var y = new float[weight.Out];
        for (var r = 0; r < (weight.OutputMajor ? weight.Out : weight.In); r++)
        {
            view.ReadExactly(raw);
            TensorData.Widen(raw, weight.Tensor.Type, row);
            if (weight.OutputMajor) y[r] = TensorPrimitives.Dot(row, x);
            else TensorPrimitives.MultiplyAdd(row, x[r], y, y);
        }

        return y;
    }
}
