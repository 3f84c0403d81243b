using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// A residual unit of DAC, x + conv₁(snake(conv₇(snake(x)))), of x [windows, channels, time]; docs/model.md, Codec: blocks. Then come α
/// and β of the first <see cref="Snake"/>, weight and bias of the first convolution, int64 [1], its dilation, and the same without a
/// dilation for the second ones; weights are as in <see cref="Convolution"/>. An element's result does not depend on the part of the time
/// axis.
/// </summary>
internal sealed unsafe class ResidualUnit() : HostOperator(
    OperatorName,
    [
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Int64,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
    ],
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "ResidualUnit";

    // The activated input, the first convolution's output, the second one's.
    private const int Buffers = 3;

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> dims = stackalloc long[3];
        Span<long> weight = stackalloc long[4];
        context.Shape(0, dims);
        context.Shape(3, weight);
        var channels = (int)dims[1];
        var time = (int)dims[2];
        var work = new Work
        {
            Input = SnakeRows.Of(context, dims),
            First = new ConvolutionWork
            {
                Weights = context.Input<float>(3),
                Bias = context.Input<float>(4),
                Inputs = channels,
                Outputs = channels,
                Taps = (int)weight[2],
                Dilation = (int)*context.Input<long>(5),
            },
            Alpha = context.Input<float>(6),
            Beta = context.Input<float>(7),
            Second = new ConvolutionWork
            {
                Weights = context.Input<float>(8),
                Bias = context.Input<float>(9),
                Inputs = channels,
                Outputs = channels,
                Taps = 1,
            },
            Y = context.Output<float>(0, dims),
            Parts = new TimeParts(time, Buffers * channels),
        };
        context.ParallelFor((int)dims[0] * work.Parts.Count, &ComputePart, &work);
    }

    private static void ComputePart(void* state, int index)
    {
        var work = (Work*)state;
        var window = index / work->Parts.Count;
        var part = index % work->Parts.Count;
        var whole = work->Parts.Whole(part);
        var padding = (work->First.Taps - 1) / 2 * work->First.Dilation;
        var wide = TimeParts.Wide(whole, 2 * padding);
        var channels = work->Input.Channels;
        var scratch = ArrayPool<float>.Shared.Rent(TimeParts.Scratch(channels * (wide + 2 * whole)));
        fixed (float* memory = scratch)
        {
            var activated = TimeParts.Align(memory);
            var middle = activated + channels * wide;
            var sum = middle + channels * whole;
            work->Input.Write(window, work->Parts.Start(part) - padding, activated, wide);
            Convolution.Compute(work->First with { X = activated, XStride = wide, Y = middle, YStride = whole }, whole);
            for (var channel = 0; channel < channels; channel++)
            {
                var row = middle + channel * whole;
                Snake.ComputeRow(row, row, whole, work->Alpha[channel], work->Beta[channel]);
            }

            Convolution.Compute(work->Second with { X = middle, XStride = whole, Y = sum, YStride = whole }, whole);
            for (var channel = 0; channel < channels; channel++)
            {
                var offset = ((long)window * channels + channel) * work->Input.Time + work->Parts.Start(part);
                Add(work->Input.X + offset, sum + channel * whole, work->Y + offset, work->Parts.Length(part));
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* x, float* sum, float* y, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(x + i) + Vector.Load(sum + i)).Store(y + i);
        for (; i < count; i++) y[i] = x[i] + sum[i];
    }

    private struct Work
    {
        public SnakeRows Input;
        public ConvolutionWork First;
        public float* Alpha;
        public float* Beta;
        public ConvolutionWork Second;
        public float* Y;
        public TimeParts Parts;
    }
}
