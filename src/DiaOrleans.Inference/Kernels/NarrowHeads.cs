namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Attention, scale 1, of a few query heads to keys and values of one head in bf16; all else in fp32. The order of the sums depends on the
/// number of keys alone.
/// </summary>
internal static unsafe class NarrowHeads
{
    /// <summary>Whether heads of that width can be computed on this processor.</summary>
    public static bool CanCompute(int width) => NarrowVectors.IsSupported && width % NarrowVectors.Count == 0;

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
        NarrowVectors.TakeApart(query, apart, queries * width);
        var q = 0;
        for (; q + 1 < queries; q += 2) NarrowScores.OfTwo(apart + q * width, keys, values, count, width, scratch + q * stride, stride);
        if (q < queries) NarrowScores.OfOne(apart + q * width, keys, values, count, width, scratch + q * stride);
        for (q = 0; q < queries; q++) apart[q * width] = NarrowSoftmax.Exponentiate(scratch + q * stride, count, stride);
        for (q = 0; q + 1 < queries; q += 2) NarrowSums.OfTwo(scratch + q * stride, stride, values, count, width, output + q * width);
        if (q < queries) NarrowSums.OfOne(scratch + q * stride, values, count, width, output + q * width);
        for (q = 0; q < queries; q++) Softmax.Divide(output + q * width, width, apart[q * width]);
    }

    private static int Padded(int count) => (count + NarrowVectors.Count - 1) / NarrowVectors.Count * NarrowVectors.Count;
}
