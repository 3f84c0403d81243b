using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Attention, scale 1, of a few query heads to keys and values of one head in bf16; all else in fp32. The order of the sums depends on the
/// number of keys alone. A vector of 16 bf16 is taken apart into its even and its odd elements, which needs no other order of the rows in
/// memory; queries are taken apart in the same way, and outputs put together.
/// </summary>
internal static unsafe class NarrowHeads
{
    // Elements of a vector of bf16.
    private const int Pair = 16;

    private const int Half = Pair / 2;

    // Keys between a request to memory and its use.
    private const int Ahead = 32;

    // Elements of a line of the cache.
    private const int Line = 32;

    private const uint Upper = 0xffff0000;

    /// <summary>Whether this processor can compute it.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Whether heads of that width can be computed on this processor.</summary>
    public static bool CanCompute(int width) => IsSupported && width % Pair == 0;

    /// <summary>Floats of scratch memory for a number of queries and keys.</summary>
    public static int Scratch(int queries, int keys, int width) => queries * (Padded(keys) + width);

    /// <summary>Writes, for each query, the mean of the values by the softmax of its products with the keys.</summary>
    /// <param name="query">[queries, width].</param>
    /// <param name="output">[queries, width].</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">[count, width].</param>
    /// <param name="values">[count, width].</param>
    /// <param name="count">Number of keys, at least 1.</param>
    /// <param name="width">Of a head.</param>
    /// <param name="scratch">As many as <see cref="Scratch"/> says.</param>
    public static void Attend(float* query, float* output, int queries, ushort* keys, ushort* values, int count, int width, float* scratch)
    {
        var stride = Padded(count);
        var apart = scratch + queries * stride;
        TakeApart(query, apart, queries * width);
        var q = 0;
        for (; q + 1 < queries; q += 2) ScorePair(apart + q * width, keys, values, count, width, scratch + q * stride, stride);
        if (q < queries) ScoreOne(apart + q * width, keys, values, count, width, scratch + q * stride);
        for (q = 0; q < queries; q++) apart[q * width] = NarrowSoftmax.Exponentiate(scratch + q * stride, count, stride);
        for (q = 0; q + 1 < queries; q += 2) SumPair(scratch + q * stride, stride, values, count, width, output + q * width);
        if (q < queries) SumOne(scratch + q * stride, values, count, width, output + q * width);
        for (q = 0; q < queries; q++) Softmax.Divide(output + q * width, width, apart[q * width]);
    }

    private static int Padded(int count) => (count + Pair - 1) / Pair * Pair;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeApart(float* from, float* to, int count)
    {
        for (var i = 0; i < count; i += Pair)
        {
            var a = Vector256.Load(from + i);
            var b = Vector256.Load(from + i + Half);
            Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsInt64(), 0b11_01_10_00).AsSingle().Store(to + i);
            Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsInt64(), 0b11_01_10_00).AsSingle().Store(to + i + Half);
        }
    }

    /// <summary>Four keys at a time for two queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScorePair(float* query, ushort* keys, ushort* values, int count, int width, float* scores, int stride)
    {
        var t = 0;
        for (; t <= count - 4; t += 4, keys += 4 * width, values += 4 * width)
        {
            Fetch(keys + Ahead * width, values, 4 * width);
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (var i = 0; i < width; i += Pair)
            {
                var k = Vector256.Load((uint*)(keys + i));
                var l = Vector256.Load((uint*)(keys + width + i));
                var m = Vector256.Load((uint*)(keys + 2 * width + i));
                var n = Vector256.Load((uint*)(keys + 3 * width + i));
                var x = Vector256.Load(query + i);
                var y = Vector256.Load(query + width + i);
                var (e, f, g, h) = (Even(k), Even(l), Even(m), Even(n));
                a0 = Fma.MultiplyAdd(x, e, a0);
                a1 = Fma.MultiplyAdd(x, f, a1);
                a2 = Fma.MultiplyAdd(x, g, a2);
                a3 = Fma.MultiplyAdd(x, h, a3);
                b0 = Fma.MultiplyAdd(y, e, b0);
                b1 = Fma.MultiplyAdd(y, f, b1);
                b2 = Fma.MultiplyAdd(y, g, b2);
                b3 = Fma.MultiplyAdd(y, h, b3);
                x = Vector256.Load(query + i + Half);
                y = Vector256.Load(query + width + i + Half);
                (e, f, g, h) = (Odd(k), Odd(l), Odd(m), Odd(n));
                a0 = Fma.MultiplyAdd(x, e, a0);
                a1 = Fma.MultiplyAdd(x, f, a1);
                a2 = Fma.MultiplyAdd(x, g, a2);
                a3 = Fma.MultiplyAdd(x, h, a3);
                b0 = Fma.MultiplyAdd(y, e, b0);
                b1 = Fma.MultiplyAdd(y, f, b1);
                b2 = Fma.MultiplyAdd(y, g, b2);
                b3 = Fma.MultiplyAdd(y, h, b3);
            }

            Sums(a0, a1, a2, a3).Store(scores + t);
            Sums(b0, b1, b2, b3).Store(scores + stride + t);
        }

        for (; t < count; t++, keys += width)
        {
            scores[t] = Score(query, keys, width);
            scores[stride + t] = Score(query + width, keys, width);
        }
    }

    /// <summary>Eight keys at a time for one query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreOne(float* query, ushort* keys, ushort* values, int count, int width, float* scores)
    {
        var t = 0;
        for (; t <= count - 4; t += 4, keys += 4 * width, values += 4 * width)
        {
            Fetch(keys + Ahead * width, values, 4 * width);
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (var i = 0; i < width; i += Pair)
            {
                var k = Vector256.Load((uint*)(keys + i));
                var l = Vector256.Load((uint*)(keys + width + i));
                var m = Vector256.Load((uint*)(keys + 2 * width + i));
                var n = Vector256.Load((uint*)(keys + 3 * width + i));
                var x = Vector256.Load(query + i);
                var y = Vector256.Load(query + i + Half);
                a0 = Fma.MultiplyAdd(x, Even(k), a0);
                a1 = Fma.MultiplyAdd(x, Even(l), a1);
                a2 = Fma.MultiplyAdd(x, Even(m), a2);
                a3 = Fma.MultiplyAdd(x, Even(n), a3);
                b0 = Fma.MultiplyAdd(y, Odd(k), b0);
                b1 = Fma.MultiplyAdd(y, Odd(l), b1);
                b2 = Fma.MultiplyAdd(y, Odd(m), b2);
                b3 = Fma.MultiplyAdd(y, Odd(n), b3);
            }

            Sums(a0 + b0, a1 + b1, a2 + b2, a3 + b3).Store(scores + t);
        }

        for (; t < count; t++, keys += width) scores[t] = Score(query, keys, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Score(float* query, ushort* key, int width)
    {
        Vector256<float> even = default, odd = default;
        for (var i = 0; i < width; i += Pair)
        {
            var k = Vector256.Load((uint*)(key + i));
            even = Fma.MultiplyAdd(Vector256.Load(query + i), Even(k), even);
            odd = Fma.MultiplyAdd(Vector256.Load(query + i + Half), Odd(k), odd);
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

    private static void SumPair(float* weights, int stride, ushort* values, int count, int width, float* output)
    {
        var i = 0;
        for (; i <= width - 2 * Pair; i += 2 * Pair) SumPairOfTwo(weights, stride, values + i, count, width, output + i);
        if (i == width) return;
        SumRest(weights, values + i, count, width, output + i);
        SumRest(weights + stride, values + i, count, width, output + width + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumPairOfTwo(float* weights, int stride, ushort* values, int count, int width, float* output)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var b = Vector256.Create(weights[stride + t]);
            var v = Vector256.Load((uint*)values);
            var w = Vector256.Load((uint*)(values + Pair));
            a0 = Fma.MultiplyAdd(a, Even(v), a0);
            a1 = Fma.MultiplyAdd(a, Odd(v), a1);
            a2 = Fma.MultiplyAdd(a, Even(w), a2);
            a3 = Fma.MultiplyAdd(a, Odd(w), a3);
            b0 = Fma.MultiplyAdd(b, Even(v), b0);
            b1 = Fma.MultiplyAdd(b, Odd(v), b1);
            b2 = Fma.MultiplyAdd(b, Even(w), b2);
            b3 = Fma.MultiplyAdd(b, Odd(w), b3);
        }

        Join(a0, a1, output);
        Join(a2, a3, output + Pair);
        Join(b0, b1, output + width);
        Join(b2, b3, output + width + Pair);
    }

    private static void SumOne(float* weights, ushort* values, int count, int width, float* output)
    {
        var i = 0;
        for (; i <= width - 4 * Pair; i += 4 * Pair) SumFour(weights, values + i, count, width, output + i);
        for (; i < width; i += Pair) SumRest(weights, values + i, count, width, output + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumFour(float* weights, ushort* values, int count, int width, float* output)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var v = Vector256.Load((uint*)values);
            a0 = Fma.MultiplyAdd(a, Even(v), a0);
            b0 = Fma.MultiplyAdd(a, Odd(v), b0);
            v = Vector256.Load((uint*)(values + Pair));
            a1 = Fma.MultiplyAdd(a, Even(v), a1);
            b1 = Fma.MultiplyAdd(a, Odd(v), b1);
            v = Vector256.Load((uint*)(values + 2 * Pair));
            a2 = Fma.MultiplyAdd(a, Even(v), a2);
            b2 = Fma.MultiplyAdd(a, Odd(v), b2);
            v = Vector256.Load((uint*)(values + 3 * Pair));
            a3 = Fma.MultiplyAdd(a, Even(v), a3);
            b3 = Fma.MultiplyAdd(a, Odd(v), b3);
        }

        Join(a0, b0, output);
        Join(a1, b1, output + Pair);
        Join(a2, b2, output + 2 * Pair);
        Join(a3, b3, output + 3 * Pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRest(float* weights, ushort* values, int count, int width, float* output)
    {
        Vector256<float> even = default, odd = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = Vector256.Create(weights[t]);
            var v = Vector256.Load((uint*)values);
            even = Fma.MultiplyAdd(a, Even(v), even);
            odd = Fma.MultiplyAdd(a, Odd(v), odd);
        }

        Join(even, odd, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Even(Vector256<uint> pairs) => (pairs << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Odd(Vector256<uint> pairs) => (pairs & Vector256.Create(Upper)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(Vector256<float> even, Vector256<float> odd, float* output)
    {
        var low = Avx.UnpackLow(even, odd);
        var high = Avx.UnpackHigh(even, odd);
        Avx.Permute2x128(low, high, 0x20).Store(output);
        Avx.Permute2x128(low, high, 0x31).Store(output + Half);
    }
}
