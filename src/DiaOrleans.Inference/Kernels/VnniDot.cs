using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Products by AVX-VNNI: one instruction sums the products of four codes and numbers. Sums begin with what the codes are too large by.
/// </summary>
internal readonly unsafe struct VnniDot : IBlockDot
{
    private const int Offset = 128;

    /// <inheritdoc />
    public static int Bytes => QuantisedRows.BlockSize;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Store(Vector256<sbyte> x, byte* to)
    {
        x.Store((sbyte*)to);
        return -Offset * Vector256.Sum(AvxVnni.MultiplyWideningAndAdd(Vector256<int>.Zero, Vector256<byte>.One, x));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, byte* x) =>
        AvxVnni.MultiplyWideningAndAdd(sums, codes, Vector256.Create(*(int*)x).AsSByte());
}
