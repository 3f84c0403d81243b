using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Tests.Checkpoints;

/// <summary>Weights of a checkpoint in F32 that a test has changed.</summary>
internal static class ChangedWeights
{
    /// <summary>Overwrites the last element of a tensor, or all of them, in its file.</summary>
    public static void Write(TensorEntry tensor, float value, bool all = false)
    {
        tensor.Type.ShouldBe(ElementType.F32);
        var values = new float[all ? tensor.Count : 1];
        Array.Fill(values, value);
        using var file = new FileStream(tensor.File, FileMode.Open, FileAccess.Write);
        file.Position = tensor.Offset + tensor.Length - sizeof(float) * values.Length;
        file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
