using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>Rows of bf16, the upper 16 bits of fp32, rounded to the nearest, ties to even. What is no number stays none.</summary>
internal static unsafe class NarrowRows
{
    private const ushort Nan = 0x7fc0;

    /// <summary>Writes numbers of <paramref name="from"/> as bf16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(float* from, ushort* to, int count)
    {
        var i = 0;
        if (Avx2.IsSupported)
        {
            for (; i <= count - 16; i += 16)
            {
                var packed = Avx2.PackUnsignedSaturate(Round(Vector256.Load(from + i)), Round(Vector256.Load(from + i + 8)));
                // Packing puts the lower halves of both before the upper ones.
                Avx2.Permute4x64(packed.AsInt64(), 0b11_01_10_00).AsUInt16().Store(to + i);
            }
        }

        for (; i < count; i++) to[i] = Round(from[i]);
    }

    private static ushort Round(float x)
    {
        if (float.IsNaN(x)) return Nan;
        var bits = BitConverter.SingleToUInt32Bits(x);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> x)
    {
        var bits = x.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7fffu) + ((bits >>> 16) & Vector256.Create(1u))) >>> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, Vector256.Create((uint)Nan)).AsInt32();
    }
}
