using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>Element types of the graphs' tensors, numbered as onnx.proto's TensorProto.DataType.</summary>
internal enum OnnxType
{
    /// <summary>32-bit float.</summary>
    Float = 1,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 2,

    /// <summary>32-bit integer.</summary>
    Int32 = 6,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>16-bit float, IEEE.</summary>
    Float16 = 10,

    /// <summary>16-bit float with the exponent of <see cref="Float"/>.</summary>
    BFloat16 = 16,
}

/// <summary>Size and conversion of elements.</summary>
internal static class OnnxElements
{
    /// <summary>Bytes of one element.</summary>
    public static int ByteSize(this OnnxType type) => type switch
    {
        OnnxType.Int64 => 8,
        OnnxType.Float or OnnxType.Int32 => 4,
        OnnxType.Bool or OnnxType.UInt8 => 1,
        _ => 2,
    };

    /// <summary>The element type of a checkpoint's tensor.</summary>
    /// <exception cref="CheckpointException">It is not a float type that weights are read in.</exception>
    public static OnnxType OnnxTypeOf(this TensorEntry tensor) => tensor.Type switch
    {
        ElementType.F32 => OnnxType.Float,
        ElementType.F16 => OnnxType.Float16,
        ElementType.BF16 => OnnxType.BFloat16,
        _ => throw new CheckpointException($"{tensor.File}: tensor {tensor.Name} is {tensor.Type}; weights are read as F32, F16 or BF16."),
    };

    /// <summary>Values as little-endian elements of a float type, rounded to the nearest.</summary>
    public static byte[] Narrow(ReadOnlySpan<float> values, OnnxType type)
    {
        if (type == OnnxType.Float) return MemoryMarshal.AsBytes(values).ToArray();
        var raw = new byte[values.Length * type.ByteSize()];
        if (type == OnnxType.Float16)
        {
            TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(raw.AsSpan()));
            return raw;
        }

        if (type != OnnxType.BFloat16) throw NotFloat(type);
        var words = MemoryMarshal.Cast<byte, ushort>(raw.AsSpan());
        for (var i = 0; i < words.Length; i++) words[i] = UpperWord(values[i]);
        return raw;
    }

    /// <summary>Little-endian elements of a float type as fp32.</summary>
    public static float[] Widen(ReadOnlySpan<byte> raw, OnnxType type)
    {
        var values = new float[raw.Length / type.ByteSize()];
        TensorData.Widen(raw, WeightType(type), values);
        return values;
    }

    private static ElementType WeightType(OnnxType type) => type switch
    {
        OnnxType.Float => ElementType.F32,
        OnnxType.Float16 => ElementType.F16,
        OnnxType.BFloat16 => ElementType.BF16,
        _ => throw NotFloat(type),
    };

    /// <summary>The upper 16 bits of a float, rounded to the nearest, ties to even.</summary>
    private static ushort UpperWord(float value)
    {
        if (float.IsNaN(value)) return 0x7fc0;
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private static ArgumentException NotFloat(OnnxType type) => new($"{type} is not a float type.", nameof(type));
}
