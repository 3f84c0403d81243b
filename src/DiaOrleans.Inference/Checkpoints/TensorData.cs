using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Reads weights as fp32.</summary>
internal static class TensorData
{
    /// <summary>All elements of a tensor, at most 2^31 bytes.</summary>
    public static float[] Read(TensorEntry tensor)
    {
        using var file = File.OpenHandle(tensor.File);
        var raw = new byte[tensor.Length];
        for (var read = 0; read < raw.Length;)
        {
            var count = RandomAccess.Read(file, raw.AsSpan(read), tensor.Offset + read);
            if (count == 0) throw new CheckpointException($"{tensor.File}: the file ends within tensor {tensor.Name}.");
            read += count;
        }

        var values = new float[tensor.Count];
        Widen(raw, tensor.Type, values);
        return values;
    }

    /// <summary>Widens little-endian F32, F16 or BF16 bytes.</summary>
    public static void Widen(ReadOnlySpan<byte> raw, ElementType type, Span<float> values)
    {
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(raw).CopyTo(values);
                break;
            case ElementType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(raw), values);
                break;
            case ElementType.BF16:
                var halves = MemoryMarshal.Cast<byte, ushort>(raw);
                for (var i = 0; i < halves.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            default:
                throw new CheckpointException($"Weights are read as F32, F16 or BF16, not {type}.");
        }
    }
}
