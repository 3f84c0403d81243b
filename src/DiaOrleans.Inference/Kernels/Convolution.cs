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

    /// <summary>Outputs are computed in groups of so many elements along time.</summary>
    public const int Times = 64;

    /// <summary>Whether this processor can compute them.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    /// <summary>y[o, t] = bias[o] + Σ weight[o, i, k] x[i, t + k · dilation].</summary>
    /// <param name="work">Channels, taps and what is read and written.</param>
    /// <param name="count">Elements along time, a multiple of <see cref="Times"/>.</param>
    public static void Compute(in ConvolutionWork work, int count)
    {
        for (var o = 0; o < work.Outputs; o += Outputs)
        {
            var weights = work.Weights + (long)o * work.Inputs * work.Taps;
            var y = work.Y + (long)o * work.YStride;
            for (var t = 0; t < count; t += Times) ComputeGroup(work, work.X + t, weights, work.Bias + o, y + t);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeGroup(in ConvolutionWork work, float* x, float* weights, float* bias, float* y)
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

        Store(y, a0, a1, a2, a3);
        Store(y + work.YStride, b0, b1, b2, b3);
        Store(y + 2 * work.YStride, c0, c1, c2, c3);
        Store(y + 3 * work.YStride, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(y);
        b.Store(y + 16);
        c.Store(y + 32);
        d.Store(y + 48);
    }
}

/// <summary>What a convolution reads and writes.</summary>
internal unsafe struct ConvolutionWork
{
    /// <summary>Rows of the input, one a channel.</summary>
    public float* X;
    /// <summary>Elements from one row of the input to the next.</summary>
    public long XStride;
    /// <summary>Channels of the input.</summary>
    public int Inputs;
    /// <summary>[outputs / 4, inputs, taps, 4].</summary>
    public float* Weights;
    /// <summary>[outputs].</summary>
    public float* Bias;
    /// <summary>Elements of the kernel.</summary>
    public int Taps;
    /// <summary>Elements of the input from one tap to the next.</summary>
    public int Dilation;
    /// <summary>Rows of the output, one a channel.</summary>
    public float* Y;
    /// <summary>Elements from one row of the output to the next.</summary>
    public long YStride;
    /// <summary>Channels of the output, a multiple of 4.</summary>
    public int Outputs;
}
