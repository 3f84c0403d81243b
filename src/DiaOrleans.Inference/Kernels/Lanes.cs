using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Rows of a part of the time axis that is cut into 16 segments of equal length, side by side in the lanes of vectors: vector s of a row
/// has element s of each segment. A convolution of any dilation reads whole vectors of it, and so does each phase of a transposed one.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>Segments: floats of a vector.</summary>
    public const int Count = 16;

    /// <summary>Whether this processor can compute on them.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>A number of vectors rounded up to what <see cref="Enter"/> writes.</summary>
    public static int Whole(int vectors) => (vectors + Count - 1) / Count * Count;

    /// <summary>The first vector that starts a line of the cache, in memory of <see cref="Count"/> floats more.</summary>
    public static float* Align(float* memory) => (float*)(((nint)memory + (Count - 1) * sizeof(float)) & -(Count * sizeof(float)));

    /// <summary>Elements of a segment of a part.</summary>
    public static int Segment(int length) => (length + Count - 1) / Count;

    /// <summary>
    /// Floats from one row of vectors to the next: an odd number of cache lines, so that the rows do not share a few sets of the cache.
    /// </summary>
    public static int Stride(int vectors) => (vectors | 1) * Count;

    /// <summary>Floats that <see cref="Leave"/> writes, and <see cref="Enter"/> reads for the vectors of a segment.</summary>
    public static int Row(int segment) => Count * segment + Count;

    /// <summary>Writes the vectors of a row.</summary>
    /// <param name="row">Elements along time; as many can be read as <see cref="Whole"/> of the vectors needs.</param>
    /// <param name="segment">Elements from one segment to the next.</param>
    /// <param name="vectors">Vectors to write, rounded up by <see cref="Whole"/>.</param>
    /// <param name="y">The vectors.</param>
    public static void Enter(float* row, int segment, int vectors, float* y)
    {
        for (var s = 0; s < vectors; s += Count) Transpose(row + s, segment, y + s * Count, Count);
    }

    /// <summary>Writes the elements of a row, and at most 15 more, from its vectors.</summary>
    /// <param name="x">As many vectors as <see cref="Whole"/> of a segment's length.</param>
    /// <param name="segment">Elements of a segment.</param>
    /// <param name="row">Elements along time.</param>
    public static void Leave(float* x, int segment, float* row)
    {
        // What the last vectors write behind their segments is written again by the first ones.
        for (var s = Whole(segment) - Count; s >= 0; s -= Count) Transpose(x + s * Count, Count, row + s, segment);
    }

    /// <summary>
    /// Writes the vectors before the first one and behind the last one of a row: elements of the segments beside. 0 is beside the first
    /// segment and the last one.
    /// </summary>
    /// <param name="x">The first vector.</param>
    /// <param name="segment">Elements of a segment.</param>
    /// <param name="before">Vectors to write before it.</param>
    /// <param name="behind">Vectors to write behind the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteBeside(float* x, int segment, int before, int behind)
    {
        var up = Vector512.Create(16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
        var down = Vector512.Create(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        for (var s = -1; s >= -before; s--)
        {
            var beside = Vector512.Load(x + (s + segment) * Count);
            Avx512F.PermuteVar16x32x2(beside, up, Vector512<float>.Zero).Store(x + s * Count);
        }

        for (var s = segment; s < segment + behind; s++)
        {
            var beside = Vector512.Load(x + (s - segment) * Count);
            Avx512F.PermuteVar16x32x2(beside, down, Vector512<float>.Zero).Store(x + s * Count);
        }
    }

    /// <summary>Rows and columns of 16 times 16 elements exchanged; the rows of y are written in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* x, long xStride, float* y, long yStride)
    {
        Quarter(x, xStride, out var a0, out var a1, out var a2, out var a3);
        Quarter(x + 4 * xStride, xStride, out var b0, out var b1, out var b2, out var b3);
        Quarter(x + 8 * xStride, xStride, out var c0, out var c1, out var c2, out var c3);
        Quarter(x + 12 * xStride, xStride, out var d0, out var d1, out var d2, out var d3);
        Exchange(ref a0, ref b0, ref c0, ref d0);
        Exchange(ref a1, ref b1, ref c1, ref d1);
        Exchange(ref a2, ref b2, ref c2, ref d2);
        Exchange(ref a3, ref b3, ref c3, ref d3);
        Store(a0, a1, a2, a3, y, yStride);
        Store(b0, b1, b2, b3, y + 4 * yStride, yStride);
        Store(c0, c1, c2, c3, y + 8 * yStride, yStride);
        Store(d0, d1, d2, d3, y + 12 * yStride, yStride);
    }

    /// <summary>Four rows; quarter q of vector k has column 4 q + k of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(
        float* x,
        long stride,
        out Vector512<float> first,
        out Vector512<float> second,
        out Vector512<float> third,
        out Vector512<float> fourth)
    {
        var a = Vector512.Load(x);
        var b = Vector512.Load(x + stride);
        var c = Vector512.Load(x + 2 * stride);
        var d = Vector512.Load(x + 3 * stride);
        var lowAb = Avx512F.UnpackLow(a, b).AsDouble();
        var lowCd = Avx512F.UnpackLow(c, d).AsDouble();
        var highAb = Avx512F.UnpackHigh(a, b).AsDouble();
        var highCd = Avx512F.UnpackHigh(c, d).AsDouble();
        first = Avx512F.UnpackLow(lowAb, lowCd).AsSingle();
        second = Avx512F.UnpackHigh(lowAb, lowCd).AsSingle();
        third = Avx512F.UnpackLow(highAb, highCd).AsSingle();
        fourth = Avx512F.UnpackHigh(highAb, highCd).AsSingle();
    }

    /// <summary>Quarters of four vectors, as rows, and vectors exchanged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c, ref Vector512<float> d)
    {
        var evenAb = Avx512F.Shuffle4x128(a, b, 0x88);
        var oddAb = Avx512F.Shuffle4x128(a, b, 0xDD);
        var evenCd = Avx512F.Shuffle4x128(c, d, 0x88);
        var oddCd = Avx512F.Shuffle4x128(c, d, 0xDD);
        a = Avx512F.Shuffle4x128(evenAb, evenCd, 0x88);
        b = Avx512F.Shuffle4x128(oddAb, oddCd, 0x88);
        c = Avx512F.Shuffle4x128(evenAb, evenCd, 0xDD);
        d = Avx512F.Shuffle4x128(oddAb, oddCd, 0xDD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector512<float> a,
        Vector512<float> b,
        Vector512<float> c,
        Vector512<float> d,
        float* y,
        long stride)
    {
        a.Store(y);
        b.Store(y + stride);
        c.Store(y + 2 * stride);
        d.Store(y + 3 * stride);
    }
}
