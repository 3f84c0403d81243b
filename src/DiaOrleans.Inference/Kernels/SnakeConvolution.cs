using System.Buffers;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// conv(snake(x)) of x [windows, channels, time], as long as x. Then come α and β of the <see cref="Snake"/>, weight, as in
/// <see cref="Convolution"/>, of an odd number of taps, bias, and int64 [1], how many of the outputs are kept. An element's result does not
/// depend on the part of the time axis.
/// </summary>
internal sealed unsafe class SnakeConvolution() : HostOperator(
    OperatorName,
    [
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Int64,
    ],
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "SnakeConvolution";

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> dims = stackalloc long[3];
        Span<long> weight = stackalloc long[4];
        context.Shape(0, dims);
        context.Shape(3, weight);
        var channels = (int)dims[1];
        var time = (int)dims[2];
        var input = SnakeRows.Of(context, dims);
        dims[1] = *context.Input<long>(5);
        var work = new Work
        {
            Input = input,
            Convolution = new ConvolutionWork
            {
                Weights = context.Input<float>(3),
                Bias = context.Input<float>(4),
                Inputs = channels,
                Outputs = (int)weight[0] * Convolution.Outputs,
                Taps = (int)weight[2],
                Dilation = 1,
            },
            Kept = (int)dims[1],
            Y = context.Output<float>(0, dims),
            Parts = new TimeParts(time, channels + (int)weight[0] * Convolution.Outputs),
        };
        context.ParallelFor((int)dims[0] * work.Parts.Count, &ComputePart, &work);
    }

    private static void ComputePart(void* state, int index)
    {
        var work = (Work*)state;
        var window = index / work->Parts.Count;
        var part = index % work->Parts.Count;
        var whole = work->Parts.Whole(part);
        var padding = (work->Convolution.Taps - 1) / 2;
        var wide = TimeParts.Wide(whole, 2 * padding);
        var inputs = work->Input.Channels;
        var scratch = ArrayPool<float>.Shared.Rent(TimeParts.Scratch(inputs * wide + work->Convolution.Outputs * whole));
        fixed (float* memory = scratch)
        {
            var activated = TimeParts.Align(memory);
            var sum = activated + inputs * wide;
            work->Input.Write(window, work->Parts.Start(part) - padding, activated, wide);
            Convolution.Compute(work->Convolution with { X = activated, XStride = wide, Y = sum, YStride = whole }, whole);
            for (var channel = 0; channel < work->Kept; channel++)
            {
                var y = work->Y + ((long)window * work->Kept + channel) * work->Input.Time + work->Parts.Start(part);
                var count = work->Parts.Length(part);
                new ReadOnlySpan<float>(sum + channel * whole, count).CopyTo(new Span<float>(y, count));
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private struct Work
    {
        public SnakeRows Input;
        public ConvolutionWork Convolution;
        public int Kept;
        public float* Y;
        public TimeParts Parts;
    }
}
