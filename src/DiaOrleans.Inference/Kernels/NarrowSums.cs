using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>Sums of values in bf16 by weights in fp32, value after value.</summary>
internal static unsafe class NarrowSums
{
    // Elements of two vectors: with two queries, as many sums side by side as hide the time of each addition.
    private const int Wide = 2 * NarrowVectors.Count;

    /// <summary>Writes the sums by the weights of two queries.</summary>
    /// <param name="weights">[2, stride].</param>
    /// <param name="stride">At least the number of values.</param>
    /// <param name="values">[count, width].</param>
    /// <param name="count">Number of values.</param>
    /// <param name="width">Of a head.</param>
    /// <param name="output">[2, width].</param>
    public static void OfTwo(float* weights, int stride, ushort* values, int count, int width, float* output)
    {
        var i = 0;
        for (; i <= width - Wide; i += Wide) WideOfTwo(weights, stride, values + i, count, width, output + i);
        if (i == width) return;
        Rest(weights, values + i, count, width, output + i);
        Rest(weights + stride, values + i, count, width, output + width + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WideOfTwo(float* weights, int stride, ushort* values, int count, int width, float* output)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var b = Vector256.Create(weights[stride + t]);
            var v = Vector256.Load((uint*)values);
            var w = Vector256.Load((uint*)(values + NarrowVectors.Count));
            a0 = Fma.MultiplyAdd(a, NarrowVectors.Even(v), a0);
            a1 = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), a1);
            a2 = Fma.MultiplyAdd(a, NarrowVectors.Even(w), a2);
            a3 = Fma.MultiplyAdd(a, NarrowVectors.Odd(w), a3);
            b0 = Fma.MultiplyAdd(b, NarrowVectors.Even(v), b0);
            b1 = Fma.MultiplyAdd(b, NarrowVectors.Odd(v), b1);
            b2 = Fma.MultiplyAdd(b, NarrowVectors.Even(w), b2);
            b3 = Fma.MultiplyAdd(b, NarrowVectors.Odd(w), b3);
        }

        NarrowVectors.Join(a0, a1, output);
        NarrowVectors.Join(a2, a3, output + NarrowVectors.Count);
        NarrowVectors.Join(b0, b1, output + width);
        NarrowVectors.Join(b2, b3, output + width + NarrowVectors.Count);
    }

    /// <summary>The same for one query.</summary>
    /// <inheritdoc cref="OfTwo" path="/param"/>
    public static void OfOne(float* weights, ushort* values, int count, int width, float* output)
    {
        var i = 0;
        for (; i <= width - 2 * Wide; i += 2 * Wide) WiderOfOne(weights, values + i, count, width, output + i);
        for (; i < width; i += NarrowVectors.Count) Rest(weights, values + i, count, width, output + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WiderOfOne(float* weights, ushort* values, int count, int width, float* output)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var v = Vector256.Load((uint*)values);
            a0 = Fma.MultiplyAdd(a, NarrowVectors.Even(v), a0);
            b0 = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), b0);
            v = Vector256.Load((uint*)(values + NarrowVectors.Count));
            a1 = Fma.MultiplyAdd(a, NarrowVectors.Even(v), a1);
            b1 = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), b1);
            v = Vector256.Load((uint*)(values + 2 * NarrowVectors.Count));
            a2 = Fma.MultiplyAdd(a, NarrowVectors.Even(v), a2);
            b2 = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), b2);
            v = Vector256.Load((uint*)(values + 3 * NarrowVectors.Count));
            a3 = Fma.MultiplyAdd(a, NarrowVectors.Even(v), a3);
            b3 = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), b3);
        }

        NarrowVectors.Join(a0, b0, output);
        NarrowVectors.Join(a1, b1, output + NarrowVectors.Count);
        NarrowVectors.Join(a2, b2, output + 2 * NarrowVectors.Count);
        NarrowVectors.Join(a3, b3, output + 3 * NarrowVectors.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rest(float* weights, ushort* values, int count, int width, float* output)
    {
        Vector256<float> even = default, odd = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var v = Vector256.Load((uint*)values);
            even = Fma.MultiplyAdd(a, NarrowVectors.Even(v), even);
            odd = Fma.MultiplyAdd(a, NarrowVectors.Odd(v), odd);
        }

        NarrowVectors.Join(even, odd, output);
    }
}
