using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Convolutions of 7 taps by products of polynomials (Toom and Cook; Winograd's F(4, 7)): four outputs, a dilation apart, of ten inputs
/// with 10 multiplications a channel instead of 28. The inputs, as a polynomial's coefficients, become its values at ten points; so do the
/// weights; and the outputs follow from the products of the values. The points are 0, infinity, and four with either sign. They are chosen
/// for small errors, about five times those of the plain sum on random values.
/// </summary>
internal static unsafe class FastKernel
{
    /// <summary>Elements of the kernel.</summary>
    public const int Taps = 7;

    /// <summary>Outputs of a tile.</summary>
    public const int Outputs = 4;

    /// <summary>Inputs of a tile, and products.</summary>
    public const int Points = 10;

    /// <summary>Tiles that are computed at once.</summary>
    public const int Tiles = 4;

    private const float A1 = 0.4f;
    private const float A2 = 0.7f;
    private const float A3 = 1.35f;
    private const float A4 = 2.1f;

    private const float B1 = A1 * A1;
    private const float B2 = A2 * A2;
    private const float B3 = A3 * A3;
    private const float B4 = A4 * A4;

    // Coefficients of (z - B1) (z - B2) (z - B3) (z - B4).
    private const float E0 = B1 * B2 * B3 * B4;
    private const float E1 = -(B1 * B2 * (B3 + B4) + B3 * B4 * (B1 + B2));
    private const float E2 = B1 * B2 + B3 * B4 + (B1 + B2) * (B3 + B4);
    private const float E3 = -(B1 + B2 + B3 + B4);

    /// <summary>[7, 10]: a kernel of 7 elements times it gives the kernel's values at the points, divided for the outputs.</summary>
    public static float[] KernelValues()
    {
        double[] points = [0, A1, -A1, A2, -A2, A3, -A3, A4, -A4];
        var values = new float[Taps * Points];
        for (var p = 0; p < points.Length; p++)
        {
            var divisor = points.Where((_, other) => other != p).Aggregate(1.0, (product, other) => product * (points[p] - other));
            for (var k = 0; k < Taps; k++) values[k * Points + p] = (float)(Math.Pow(points[p], k) / divisor);
        }

        values[^1] = 1;
        return values;
    }

    /// <summary>Values at the points of the ten inputs of a tile.</summary>
    /// <param name="x">The first input; a vector each.</param>
    /// <param name="dilation">Floats from one input to the next.</param>
    /// <param name="values">The first value.</param>
    /// <param name="stride">Floats from one value to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteValues(float* x, long dilation, float* values, long stride)
    {
        var x1 = Vector512.Load(x + dilation);
        var x2 = Vector512.Load(x + 2 * dilation);
        var x3 = Vector512.Load(x + 3 * dilation);
        var x4 = Vector512.Load(x + 4 * dilation);
        var x5 = Vector512.Load(x + 5 * dilation);
        var x6 = Vector512.Load(x + 6 * dilation);
        var x7 = Vector512.Load(x + 7 * dilation);
        var x8 = Vector512.Load(x + 8 * dilation);
        Polynomial(Vector512.Load(x), x2, x4, x6, x8).Store(values);
        WritePair(Cubic(x2, x4, x6, x8, B2, B3, B4), Cubic(x1, x3, x5, x7, B2, B3, B4), A1, values + stride, stride);
        WritePair(Cubic(x2, x4, x6, x8, B1, B3, B4), Cubic(x1, x3, x5, x7, B1, B3, B4), A2, values + 3 * stride, stride);
        WritePair(Cubic(x2, x4, x6, x8, B1, B2, B4), Cubic(x1, x3, x5, x7, B1, B2, B4), A3, values + 5 * stride, stride);
        WritePair(Cubic(x2, x4, x6, x8, B1, B2, B3), Cubic(x1, x3, x5, x7, B1, B2, B3), A4, values + 7 * stride, stride);
        Polynomial(x1, x3, x5, x7, Vector512.Load(x + 9 * dilation)).Store(values + 9 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePair(Vector512<float> even, Vector512<float> odd, float point, float* values, long stride)
    {
        Vector512.FusedMultiplyAdd(Vector512.Create(point), odd, even).Store(values);
        Vector512.FusedMultiplyAdd(Vector512.Create(-point), odd, even).Store(values + stride);
    }

    /// <summary>The four outputs of a tile before their bias.</summary>
    /// <param name="products">The first product.</param>
    /// <param name="stride">Floats from one product to the next.</param>
    /// <param name="y0">The first output.</param>
    /// <param name="y1">The second one.</param>
    /// <param name="y2">The third one.</param>
    /// <param name="y3">The last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteOutputs(
        float* products,
        long stride,
        out Vector512<float> y0,
        out Vector512<float> y1,
        out Vector512<float> y2,
        out Vector512<float> y3)
    {
        var p1 = Vector512.Load(products + stride);
        var n1 = Vector512.Load(products + 2 * stride);
        var p2 = Vector512.Load(products + 3 * stride);
        var n2 = Vector512.Load(products + 4 * stride);
        var p3 = Vector512.Load(products + 5 * stride);
        var n3 = Vector512.Load(products + 6 * stride);
        var p4 = Vector512.Load(products + 7 * stride);
        var n4 = Vector512.Load(products + 8 * stride);
        var s1 = p1 + n1;
        var s2 = p2 + n2;
        var s3 = p3 + n3;
        var s4 = p4 + n4;
        var d1 = p1 - n1;
        var d2 = p2 - n2;
        var d3 = p3 - n3;
        var d4 = p4 - n4;
        y0 = Vector512.Load(products) + (s1 + s2) + (s3 + s4);
        y1 = Sum(Vector512.Create(A1) * d1, d2, d3, d4, A2, A3, A4);
        y2 = Sum(Vector512.Create(B1) * s1, s2, s3, s4, B2, B3, B4);
        y3 = Sum(
            Vector512.FusedMultiplyAdd(Vector512.Create(A1 * B1), d1, Vector512.Load(products + 9 * stride)),
            d2,
            d3,
            d4,
            A2 * B2,
            A3 * B3,
            A4 * B4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(
        Vector512<float> first,
        Vector512<float> x2,
        Vector512<float> x3,
        Vector512<float> x4,
        float c2,
        float c3,
        float c4)
    {
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(c2), x2, first);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(c3), x3, sum);
        return Vector512.FusedMultiplyAdd(Vector512.Create(c4), x4, sum);
    }

    /// <summary>Σ of the coefficients of (z - B1) (z - B2) (z - B3) (z - B4) times the inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Polynomial(
        Vector512<float> x0,
        Vector512<float> x1,
        Vector512<float> x2,
        Vector512<float> x3,
        Vector512<float> x4)
    {
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(E0), x0, x4);
        return Sum(sum, x1, x2, x3, E1, E2, E3);
    }

    /// <summary>Σ of the coefficients of (z - b) (z - c) (z - d) times the inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Cubic(
        Vector512<float> x0,
        Vector512<float> x1,
        Vector512<float> x2,
        Vector512<float> x3,
        float b,
        float c,
        float d)
    {
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(-(b * c * d)), x0, x3);
        sum = Vector512.FusedMultiplyAdd(Vector512.Create(b * c + b * d + c * d), x1, sum);
        return Vector512.FusedMultiplyAdd(Vector512.Create(-(b + c + d)), x2, sum);
    }
}
