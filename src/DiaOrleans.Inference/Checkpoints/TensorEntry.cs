namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Element types of safetensors files.</summary>
public enum ElementType
{
    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>16-bit float, IEEE.</summary>
    F16,

    /// <summary>16-bit float with the exponent of F32.</summary>
    BF16,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>16-bit integer.</summary>
    I16,

    /// <summary>8-bit integer.</summary>
    I8,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    F8E4M3,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8E5M2,
}

/// <summary>A tensor, and the part of a file that holds its bytes.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major.</param>
/// <param name="File">Absolute path of the file that holds the bytes, links resolved.</param>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Number of bytes.</param>
public sealed record TensorEntry(string Name, ElementType Type, IReadOnlyList<long> Shape, string File, long Offset, long Length)
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>Number of elements.</summary>
    public long Count => Length / SizeOf(Type);

    internal string Describe => $"{Type} [{string.Join(", ", Shape)}]";
}
