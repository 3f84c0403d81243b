using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Products by AVX2, whose instruction for 8 bits sums two of them in 16 bits, with saturation. A block is stored as the magnitudes of x
/// and a mask for the codes: 0x80 makes a code c the signed number w = c - 128, and 0x7f makes it -w - 1 where x is negative. So a sum of
/// two is at most 2 · 127 · 128 and never saturated, and is too small by the magnitude of each negative x, which sums begin with.
/// </summary>
internal readonly unsafe struct PairDot : IBlockDot
{
    /// <inheritdoc />
    public static int Bytes => 2 * QuantisedRows.BlockSize;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Store(Vector256<sbyte> x, byte* to)
    {
        var negative = Vector256.LessThan(x, Vector256<sbyte>.Zero);
        var magnitudes = Vector256.Abs(x).AsByte();
        magnitudes.Store(to);
        (negative.AsByte() ^ Vector256.Create((byte)0x80)).Store(to + QuantisedRows.BlockSize);
        return Vector256.Sum(Sums(magnitudes & negative.AsByte(), Vector256<sbyte>.One));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, byte* x)
    {
        var magnitudes = Vector256.Create(*(int*)x).AsByte();
        var masks = Vector256.Create(*(int*)(x + QuantisedRows.BlockSize)).AsByte();
        return sums + Sums(magnitudes, (codes ^ masks).AsSByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sums(Vector256<byte> x, Vector256<sbyte> weights) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights), Vector256<short>.One);
}
