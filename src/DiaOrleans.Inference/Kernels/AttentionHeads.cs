using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Attention, scale 1, of a few query heads to the keys and values of one head, in fp32. The order of the sums depends on the number of
/// keys alone.
/// </summary>
internal static unsafe class AttentionHeads
{
    // A multiple of every vector's length.
    private const int ScoreMultiple = 16;

    // Keys whose products with a query are summed side by side.
    private const int Keys = 4;

    // Keys between a request to memory and its use.
    private const int Ahead = 16;

    // Floats of a line of the cache.
    private const int Line = 16;

    // Vectors of the output that are summed side by side.
    private const int Vectors = 4;

    /// <summary>Whether heads of that width can be computed on this processor.</summary>
    public static bool CanCompute(int width) => width % Vector<float>.Count == 0 && ScoreMultiple % Vector<float>.Count == 0;

    /// <summary>Floats of scratch memory for a number of queries and keys.</summary>
    public static int Scratch(int queries, int keys) => queries * Padded(keys);

    /// <summary>Writes, for each query, the mean of the values by the softmax of its products with the keys.</summary>
    /// <param name="query">[queries, width].</param>
    /// <param name="output">[queries, width].</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">[count, width].</param>
    /// <param name="values">[count, width].</param>
    /// <param name="count">Number of keys, at least 1.</param>
    /// <param name="width">Of a head.</param>
    /// <param name="scratch">As many as <see cref="Scratch"/> says.</param>
    public static void Attend(float* query, float* output, int queries, float* keys, float* values, int count, int width, float* scratch)
    {
        var stride = Padded(count);
        Score(query, queries, keys, values, count, width, scratch, stride);
        for (var q = 0; q < queries; q++) Softmax.Exponentiate(scratch + q * stride, count, stride);
        var first = 0;
        for (; first + 1 < queries; first += 2) SumPair(scratch + first * stride, stride, values, count, width, output + first * width);
        if (first < queries) SumOne(scratch + first * stride, values, count, width, output + first * width);
        for (var q = 0; q < queries; q++) Softmax.Divide(output + q * width, width, Softmax.Sum(scratch + q * stride, stride));
    }

    private static int Padded(int count) => (count + ScoreMultiple - 1) / ScoreMultiple * ScoreMultiple;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(
        float* query,
        int queries,
        float* keys,
        float* values,
        int count,
        int width,
        float* scores,
        int stride)
    {
        var t = 0;
        for (; t <= count - Keys; t += Keys)
        {
            Fetch(keys + (long)(t + Ahead) * width, values + (long)t * width, Keys * width);
            for (var q = 0; q < queries; q++) ScoreFour(query + q * width, keys + (long)t * width, width, scores + q * stride + t);
        }

        for (; t < count; t++)
        {
            for (var q = 0; q < queries; q++) scores[q * stride + t] = ScoreOne(query + q * width, keys + (long)t * width, width);
        }
    }

    /// <summary>
    /// Asks for later keys and for the values, which are read after all scores. Without it, a batch whose caches exceed the processor's
    /// waits for memory most of the time (bench/README.md). An address behind the keys does no harm: nothing is read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* keys, float* values, int count)
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < count; i += Line)
        {
            Sse.Prefetch0(keys + i);
            Sse.Prefetch1(values + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreFour(float* query, float* keys, int width, float* scores)
    {
        var a = Vector<float>.Zero;
        var b = Vector<float>.Zero;
        var c = Vector<float>.Zero;
        var d = Vector<float>.Zero;
        for (var i = 0; i < width; i += Vector<float>.Count)
        {
            var x = Vector.Load(query + i);
            a = Vector.FusedMultiplyAdd(x, Vector.Load(keys + i), a);
            b = Vector.FusedMultiplyAdd(x, Vector.Load(keys + width + i), b);
            c = Vector.FusedMultiplyAdd(x, Vector.Load(keys + 2 * width + i), c);
            d = Vector.FusedMultiplyAdd(x, Vector.Load(keys + 3 * width + i), d);
        }

        scores[0] = Vector.Sum(a);
        scores[1] = Vector.Sum(b);
        scores[2] = Vector.Sum(c);
        scores[3] = Vector.Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ScoreOne(float* query, float* key, int width)
    {
        var sum = Vector<float>.Zero;
        for (var i = 0; i < width; i += Vector<float>.Count)
            sum = Vector.FusedMultiplyAdd(Vector.Load(query + i), Vector.Load(key + i), sum);
        return Vector.Sum(sum);
    }

    private static void SumPair(float* weights, int stride, float* values, int count, int width, float* output)
    {
        var w = Vector<float>.Count;
        var i = 0;
        for (; i <= width - Vectors * w; i += Vectors * w) SumPairOfFour(weights, stride, values + i, count, width, output + i);
        if (i == width) return;
        SumRest(weights, values, count, width, output, i);
        SumRest(weights + stride, values, count, width, output + width, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumPairOfFour(float* weights, int stride, float* values, int count, int width, float* output)
    {
        var w = Vector<float>.Count;
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = new Vector<float>(weights[t]);
            var b = new Vector<float>(weights[stride + t]);
            var v = Vector.Load(values);
            a0 = Vector.FusedMultiplyAdd(a, v, a0);
            b0 = Vector.FusedMultiplyAdd(b, v, b0);
            v = Vector.Load(values + w);
            a1 = Vector.FusedMultiplyAdd(a, v, a1);
            b1 = Vector.FusedMultiplyAdd(b, v, b1);
            v = Vector.Load(values + 2 * w);
            a2 = Vector.FusedMultiplyAdd(a, v, a2);
            b2 = Vector.FusedMultiplyAdd(b, v, b2);
            v = Vector.Load(values + 3 * w);
            a3 = Vector.FusedMultiplyAdd(a, v, a3);
            b3 = Vector.FusedMultiplyAdd(b, v, b3);
        }

        Store(output, a0, a1, a2, a3);
        Store(output + width, b0, b1, b2, b3);
    }

    private static void SumOne(float* weights, float* values, int count, int width, float* output)
    {
        var w = Vector<float>.Count;
        var i = 0;
        for (; i <= width - Vectors * w; i += Vectors * w) SumFour(weights, values + i, count, width, output + i);
        SumRest(weights, values, count, width, output, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumFour(float* weights, float* values, int count, int width, float* output)
    {
        var w = Vector<float>.Count;
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (var t = 0; t < count; t++, values += width)
        {
            var a = new Vector<float>(weights[t]);
            a0 = Vector.FusedMultiplyAdd(a, Vector.Load(values), a0);
            a1 = Vector.FusedMultiplyAdd(a, Vector.Load(values + w), a1);
            a2 = Vector.FusedMultiplyAdd(a, Vector.Load(values + 2 * w), a2);
            a3 = Vector.FusedMultiplyAdd(a, Vector.Load(values + 3 * w), a3);
        }

        Store(output, a0, a1, a2, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRest(float* weights, float* values, int count, int width, float* output, int from)
    {
        for (var i = from; i < width; i += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var t = 0; t < count; t++)
                sum = Vector.FusedMultiplyAdd(new Vector<float>(weights[t]), Vector.Load(values + (long)t * width + i), sum);
            sum.Store(output + i);
        }
    }

    private static void Store(float* output, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d)
    {
        a.Store(output);
        b.Store(output + Vector<float>.Count);
        c.Store(output + 2 * Vector<float>.Count);
        d.Store(output + 3 * Vector<float>.Count);
    }
}
