using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Vectors of 16 bf16 as their even and their odd elements in fp32: two cheap operations, and rows keep their order in memory. Vectors of
/// fp32 that meet them are taken apart in the same way, and results are put together.
/// </summary>
internal static unsafe class NarrowVectors
{
    /// <summary>Elements of a vector of bf16.</summary>
    public const int Count = 16;

    /// <summary>Elements of a vector of fp32.</summary>
    public const int Half = Count / 2;

    private const uint Upper = 0xffff0000;

    /// <summary>Whether this processor has what they need.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Elements 0, 2, 4 and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Even(Vector256<uint> pairs) => (pairs << 16).AsSingle();

    /// <summary>Elements 1, 3, 5 and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Odd(Vector256<uint> pairs) => (pairs & Vector256.Create(Upper)).AsSingle();

    /// <summary>Writes 16 numbers, of which the even and the odd ones are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join(Vector256<float> even, Vector256<float> odd, float* output)
    {
        var low = Avx.UnpackLow(even, odd);
        var high = Avx.UnpackHigh(even, odd);
        Avx.Permute2x128(low, high, 0x20).Store(output);
        Avx.Permute2x128(low, high, 0x31).Store(output + Half);
    }

    /// <summary>Writes the even and then the odd ones of each 16 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TakeApart(float* from, float* to, int count)
    {
        for (var i = 0; i < count; i += Count)
        {
            var a = Vector256.Load(from + i);
            var b = Vector256.Load(from + i + Half);
            Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsInt64(), 0b11_01_10_00).AsSingle().Store(to + i);
            Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsInt64(), 0b11_01_10_00).AsSingle().Store(to + i + Half);
        }
    }
}
