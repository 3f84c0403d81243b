using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Products of queries in fp32, as <see cref="NarrowVectors.TakeApart"/> leaves them, with keys in bf16. The order of a product's sums
/// depends on the number of keys and the place of the key alone.
/// </summary>
internal static unsafe class NarrowScores
{
    // Keys whose products are summed side by side.
    private const int Keys = 4;

    // Keys between a request to memory and its use.
    private const int Ahead = 32;

    // Elements of a line of the processor's cache.
    private const int Line = 32;

    /// <summary>Writes the products of two queries with keys, and asks for the values.</summary>
    /// <param name="query">[2, width].</param>
    /// <param name="keys">[count, width].</param>
    /// <param name="values">[count, width].</param>
    /// <param name="count">Number of keys.</param>
    /// <param name="width">Of a head.</param>
    /// <param name="scores">[2, stride].</param>
    /// <param name="stride">At least the number of keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfTwo(float* query, ushort* keys, ushort* values, int count, int width, float* scores, int stride)
    {
        var t = 0;
        for (; t <= count - Keys; t += Keys, keys += Keys * width, values += Keys * width)
        {
            Fetch(keys + Ahead * width, values, Keys * width);
            FourOfTwo(query, keys, width, scores + t, stride);
        }

        for (; t < count; t++, keys += width)
        {
            scores[t] = Sum(query, keys, width);
            scores[stride + t] = Sum(query + width, keys, width);
        }
    }

    /// <summary>The same for one query.</summary>
    /// <inheritdoc cref="OfTwo" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfOne(float* query, ushort* keys, ushort* values, int count, int width, float* scores)
    {
        var t = 0;
        for (; t <= count - Keys; t += Keys, keys += Keys * width, values += Keys * width)
        {
            Fetch(keys + Ahead * width, values, Keys * width);
            FourOfOne(query, keys, width, scores + t);
        }

        for (; t < count; t++, keys += width) scores[t] = Sum(query, keys, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourOfTwo(float* query, ushort* keys, int width, float* scores, int stride)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = 0; i < width; i += NarrowVectors.Count)
        {
            var k = Vector256.Load((uint*)(keys + i));
            var l = Vector256.Load((uint*)(keys + width + i));
            var m = Vector256.Load((uint*)(keys + 2 * width + i));
            var n = Vector256.Load((uint*)(keys + 3 * width + i));
            var x = Vector256.Load(query + i);
            var y = Vector256.Load(query + width + i);
            var (e, f, g, h) = (NarrowVectors.Even(k), NarrowVectors.Even(l), NarrowVectors.Even(m), NarrowVectors.Even(n));
            a0 = Fma.MultiplyAdd(x, e, a0);
            a1 = Fma.MultiplyAdd(x, f, a1);
            a2 = Fma.MultiplyAdd(x, g, a2);
            a3 = Fma.MultiplyAdd(x, h, a3);
            b0 = Fma.MultiplyAdd(y, e, b0);
            b1 = Fma.MultiplyAdd(y, f, b1);
            b2 = Fma.MultiplyAdd(y, g, b2);
            b3 = Fma.MultiplyAdd(y, h, b3);
            x = Vector256.Load(query + i + NarrowVectors.Half);
            y = Vector256.Load(query + width + i + NarrowVectors.Half);
            (e, f, g, h) = (NarrowVectors.Odd(k), NarrowVectors.Odd(l), NarrowVectors.Odd(m), NarrowVectors.Odd(n));
            a0 = Fma.MultiplyAdd(x, e, a0);
            a1 = Fma.MultiplyAdd(x, f, a1);
            a2 = Fma.MultiplyAdd(x, g, a2);
            a3 = Fma.MultiplyAdd(x, h, a3);
            b0 = Fma.MultiplyAdd(y, e, b0);
            b1 = Fma.MultiplyAdd(y, f, b1);
            b2 = Fma.MultiplyAdd(y, g, b2);
            b3 = Fma.MultiplyAdd(y, h, b3);
        }

        Sums(a0, a1, a2, a3).Store(scores);
        Sums(b0, b1, b2, b3).Store(scores + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourOfOne(float* query, ushort* keys, int width, float* scores)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = 0; i < width; i += NarrowVectors.Count)
        {
            var k = Vector256.Load((uint*)(keys + i));
            var l = Vector256.Load((uint*)(keys + width + i));
            var m = Vector256.Load((uint*)(keys + 2 * width + i));
            var n = Vector256.Load((uint*)(keys + 3 * width + i));
            var x = Vector256.Load(query + i);
            var y = Vector256.Load(query + i + NarrowVectors.Half);
            a0 = Fma.MultiplyAdd(x, NarrowVectors.Even(k), a0);
            a1 = Fma.MultiplyAdd(x, NarrowVectors.Even(l), a1);
            a2 = Fma.MultiplyAdd(x, NarrowVectors.Even(m), a2);
            a3 = Fma.MultiplyAdd(x, NarrowVectors.Even(n), a3);
            b0 = Fma.MultiplyAdd(y, NarrowVectors.Odd(k), b0);
            b1 = Fma.MultiplyAdd(y, NarrowVectors.Odd(l), b1);
            b2 = Fma.MultiplyAdd(y, NarrowVectors.Odd(m), b2);
            b3 = Fma.MultiplyAdd(y, NarrowVectors.Odd(n), b3);
        }

        Sums(a0 + b0, a1 + b1, a2 + b2, a3 + b3).Store(scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(float* query, ushort* key, int width)
    {
        Vector256<float> even = default, odd = default;
        for (var i = 0; i < width; i += NarrowVectors.Count)
        {
            var k = Vector256.Load((uint*)(key + i));
            even = Fma.MultiplyAdd(Vector256.Load(query + i), NarrowVectors.Even(k), even);
            odd = Fma.MultiplyAdd(Vector256.Load(query + i + NarrowVectors.Half), NarrowVectors.Odd(k), odd);
        }

        return Vector256.Sum(even + odd);
    }

    /// <summary>The sum of each vector's elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        var all = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
        return all.GetLower() + all.GetUpper();
    }

    /// <summary>
    /// Asks for later keys and for the values, which are read after all scores (bench/README.md). An address behind the keys does no harm:
    /// nothing is read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(ushort* keys, ushort* values, int count)
    {
        for (var i = 0; i < count; i += Line)
        {
            Sse.Prefetch0(keys + i);
            Sse.Prefetch1(values + i);
        }
    }
}
