using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The unconditional row's text is all zeros: every encoder position is the same vector u, so each decoder layer's cross-attention returns
/// o_proj(v_proj(u)) for every query (docs/model.md, The unconditional row). Computed once at load.
/// </summary>
internal static class UnconditionalCross
{
    /// <summary>Each layer's constant, [layers][hidden]. <paramref name="zero"/> is the encoded text of a single id 0.</summary>
    public static IReadOnlyList<float[]> Compute(DiaCheckpoint checkpoint, EncodedText zero)
    {
        var layers = Enumerable.Range(0, checkpoint.Config.Decoder.Layers).ToArray();
        float[][] values = [.. layers.Select(layer => zero.Value(layer).ToSingles())];
        LinearWeight[] projections = [.. layers.Select(layer => checkpoint.Linear($"decoder.layers.{layer}.cross_attention.o_proj"))];
        var constants = new float[layers.Length][];
        Parallel.For(0, layers.Length, layer => constants[layer] = Multiply(projections[layer], values[layer]));
        return constants;
    }

    private static unsafe float[] Multiply(LinearWeight weight, ReadOnlySpan<float> x)
    {
        var tensor = weight.Tensor;
        using var file = MemoryMappedFile.CreateFromFile(tensor.File, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(tensor.Offset, tensor.Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return Multiply(weight, new ReadOnlySpan<byte>(start + view.PointerOffset, checked((int)tensor.Length)), x);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static float[] Multiply(LinearWeight weight, ReadOnlySpan<byte> raw, ReadOnlySpan<float> x)
    {
        var row = new float[weight.OutputMajor ? weight.In : weight.Out];
        var rowBytes = row.Length * (weight.Tensor.Type == ElementType.F32 ? 4 : 2);
        var y = new float[weight.Out];
        for (var r = 0; r < (weight.OutputMajor ? weight.Out : weight.In); r++)
        {
            TensorData.Widen(raw.Slice(r * rowBytes, rowBytes), weight.Tensor.Type, row);
            if (weight.OutputMajor) y[r] = TensorPrimitives.Dot(row, x);
            else TensorPrimitives.MultiplyAdd(row, x[r], y, y);
        }

        return y;
    }
}
