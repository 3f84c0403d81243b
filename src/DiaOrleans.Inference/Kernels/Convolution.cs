using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Convolutions of stride 1 along time, in fp32 on vectors of 512 bits. The order of an element's sum depends on the numbers of channels
/// and taps alone.
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>Outputs are computed in groups of so many channels; weights are [outputs / 4, inputs, taps, 4].</summary>
    public const int Outputs = 4;

    /// <summary>Vectors that <see cref="ComputeOne"/> computes at once.</summary>
    public const int LongVectors = 8;

    /// <summary>Whether this processor can compute them.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Lanes.IsSupported;

    /// <summary>A number of vectors along time rounded up to what <see cref="Compute"/> can compute: threes and fours.</summary>
    public static int Whole(int vectors) => vectors < 3 ? 3 : vectors == 5 ? 6 : vectors;

    /// <summary>Three or four vectors, such that threes and fours make the others.</summary>
    /// <param name="left">A number of <see cref="Whole"/>.</param>
    public static int Next(int left) => left % 4 == 0 || left > 9 ? 4 : 3;

    /// <summary>y[o, t] = bias[o] + Σ weight[o, i, k] x[i, t + k · dilation].</summary>
    /// <param name="work">Channels, taps and what is read and written.</param>
    /// <param name="vectors">Vectors along time, a number of <see cref="Whole"/>.</param>
    public static void Compute(in ConvolutionWork work, int vectors)
    {
        for (var o = 0; o < work.Outputs; o += Outputs)
        {
            var weights = work.Weights + (long)o * work.Inputs * work.Taps;
            var x = work.X;
            var y = work.Y + (long)o * work.YStride;
            var left = vectors;
            while (left > 0)
            {
                var next = Next(left);
                if (next == 4) ComputeFour(work, x, weights, work.Bias + o, y);
                else ComputeThree(work, x, weights, work.Bias + o, y);
                x += next * Vector512<float>.Count;
                y += next * work.YStep;
                left -= next;
            }
        }
    }

    /// <summary>y[t] = bias + Σ weight[i, k] x[i, t + 16 k] of <see cref="LongVectors"/> vectors of one output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeOne(float* x, long xStride, int inputs, float* weights, int taps, float bias, float* y)
    {
        Vector512<float> a0, a1, a2, a3, a4, a5, a6, a7;
        a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = Vector512.Create(bias);
        for (var i = inputs; i > 0; i--, x += xStride)
        {
            var tap = x;
            for (var k = taps; k > 0; k--, tap += 16, weights++)
            {
                var w = Vector512.Create(*weights);
                a0 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap), a0);
                a1 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 16), a1);
                a2 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 32), a2);
                a3 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 48), a3);
                a4 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 64), a4);
                a5 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 80), a5);
                a6 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 96), a6);
                a7 = Vector512.FusedMultiplyAdd(w, Vector512.Load(tap + 112), a7);
            }
        }

        Store(y, 16, a0, a1, a2, a3);
        Store(y + 64, 16, a4, a5, a6, a7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeFour(in ConvolutionWork work, float* x, float* weights, float* bias, float* y)
    {
        Vector512<float> a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3;
        a0 = a1 = a2 = a3 = Vector512.Create(bias[0]);
        b0 = b1 = b2 = b3 = Vector512.Create(bias[1]);
        c0 = c1 = c2 = c3 = Vector512.Create(bias[2]);
        d0 = d1 = d2 = d3 = Vector512.Create(bias[3]);
        long dilation = work.Dilation;
        var taps = work.Taps;
        var stride = work.XStride - taps * dilation;
        for (var i = work.Inputs; i > 0; i--, x += stride)
        {
            for (var k = taps; k > 0; k--, x += dilation, weights += Outputs)
            {
                var x0 = Vector512.Load(x);
                var x1 = Vector512.Load(x + 16);
                var x2 = Vector512.Load(x + 32);
                var x3 = Vector512.Load(x + 48);
                var w = Vector512.Create(weights[0]);
                a0 = Vector512.FusedMultiplyAdd(w, x0, a0);
                a1 = Vector512.FusedMultiplyAdd(w, x1, a1);
                a2 = Vector512.FusedMultiplyAdd(w, x2, a2);
                a3 = Vector512.FusedMultiplyAdd(w, x3, a3);
                w = Vector512.Create(weights[1]);
                b0 = Vector512.FusedMultiplyAdd(w, x0, b0);
                b1 = Vector512.FusedMultiplyAdd(w, x1, b1);
                b2 = Vector512.FusedMultiplyAdd(w, x2, b2);
                b3 = Vector512.FusedMultiplyAdd(w, x3, b3);
                w = Vector512.Create(weights[2]);
                c0 = Vector512.FusedMultiplyAdd(w, x0, c0);
                c1 = Vector512.FusedMultiplyAdd(w, x1, c1);
                c2 = Vector512.FusedMultiplyAdd(w, x2, c2);
                c3 = Vector512.FusedMultiplyAdd(w, x3, c3);
                w = Vector512.Create(weights[3]);
                d0 = Vector512.FusedMultiplyAdd(w, x0, d0);
                d1 = Vector512.FusedMultiplyAdd(w, x1, d1);
                d2 = Vector512.FusedMultiplyAdd(w, x2, d2);
                d3 = Vector512.FusedMultiplyAdd(w, x3, d3);
            }
        }

        if (work.Adds)
        {
            Add(y, work.YStep, ref a0, ref a1, ref a2, ref a3);
            Add(y + work.YStride, work.YStep, ref b0, ref b1, ref b2, ref b3);
            Add(y + 2 * work.YStride, work.YStep, ref c0, ref c1, ref c2, ref c3);
            Add(y + 3 * work.YStride, work.YStep, ref d0, ref d1, ref d2, ref d3);
        }

        Store(y, work.YStep, a0, a1, a2, a3);
        Store(y + work.YStride, work.YStep, b0, b1, b2, b3);
        Store(y + 2 * work.YStride, work.YStep, c0, c1, c2, c3);
        Store(y + 3 * work.YStride, work.YStep, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeThree(in ConvolutionWork work, float* x, float* weights, float* bias, float* y)
    {
        Vector512<float> a0, a1, a2, b0, b1, b2, c0, c1, c2, d0, d1, d2;
        a0 = a1 = a2 = Vector512.Create(bias[0]);
        b0 = b1 = b2 = Vector512.Create(bias[1]);
        c0 = c1 = c2 = Vector512.Create(bias[2]);
        d0 = d1 = d2 = Vector512.Create(bias[3]);
        long dilation = work.Dilation;
        var taps = work.Taps;
        var stride = work.XStride - taps * dilation;
        for (var i = work.Inputs; i > 0; i--, x += stride)
        {
            for (var k = taps; k > 0; k--, x += dilation, weights += Outputs)
            {
                var x0 = Vector512.Load(x);
                var x1 = Vector512.Load(x + 16);
                var x2 = Vector512.Load(x + 32);
                var w = Vector512.Create(weights[0]);
                a0 = Vector512.FusedMultiplyAdd(w, x0, a0);
                a1 = Vector512.FusedMultiplyAdd(w, x1, a1);
                a2 = Vector512.FusedMultiplyAdd(w, x2, a2);
                w = Vector512.Create(weights[1]);
                b0 = Vector512.FusedMultiplyAdd(w, x0, b0);
                b1 = Vector512.FusedMultiplyAdd(w, x1, b1);
                b2 = Vector512.FusedMultiplyAdd(w, x2, b2);
                w = Vector512.Create(weights[2]);
                c0 = Vector512.FusedMultiplyAdd(w, x0, c0);
                c1 = Vector512.FusedMultiplyAdd(w, x1, c1);
                c2 = Vector512.FusedMultiplyAdd(w, x2, c2);
                w = Vector512.Create(weights[3]);
                d0 = Vector512.FusedMultiplyAdd(w, x0, d0);
                d1 = Vector512.FusedMultiplyAdd(w, x1, d1);
                d2 = Vector512.FusedMultiplyAdd(w, x2, d2);
            }
        }

        if (work.Adds)
        {
            Add(y, work.YStep, ref a0, ref a1, ref a2);
            Add(y + work.YStride, work.YStep, ref b0, ref b1, ref b2);
            Add(y + 2 * work.YStride, work.YStep, ref c0, ref c1, ref c2);
            Add(y + 3 * work.YStride, work.YStep, ref d0, ref d1, ref d2);
        }

        Store(y, work.YStep, a0, a1, a2);
        Store(y + work.YStride, work.YStep, b0, b1, b2);
        Store(y + 2 * work.YStride, work.YStep, c0, c1, c2);
        Store(y + 3 * work.YStride, work.YStep, d0, d1, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* y, long step, ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c)
    {
        a += Vector512.Load(y);
        b += Vector512.Load(y + step);
        c += Vector512.Load(y + 2 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float* y,
        long step,
        ref Vector512<float> a,
        ref Vector512<float> b,
        ref Vector512<float> c,
        ref Vector512<float> d)
    {
        Add(y, step, ref a, ref b, ref c);
        d += Vector512.Load(y + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, long step, Vector512<float> a, Vector512<float> b, Vector512<float> c)
    {
        a.Store(y);
        b.Store(y + step);
        c.Store(y + 2 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, long step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Store(y, step, a, b, c);
        d.Store(y + 3 * step);
    }
}
