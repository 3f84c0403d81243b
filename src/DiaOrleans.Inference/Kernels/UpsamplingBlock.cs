using System.Buffers;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// A block of DAC's decoder of x [windows, inputs, time]: Snake, a transposed convolution, three residual units; docs/model.md, Codec:
/// blocks. The inputs behind x are int64 [1] each, the start and the end of the part of the output that is written; α and β of the first
/// Snake; and those of <see cref="BlockWeights"/>. The last block has another Snake and a convolution to one channel.
/// </summary>
/// <param name="isLast">Whether it is the last block.</param>
internal sealed unsafe class UpsamplingBlock(bool isLast) : HostOperator(
    isLast ? LastName : OperatorName,
    Types(isLast),
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "UpsamplingBlock";

    /// <summary>Name of the last block.</summary>
    public const string LastName = "LastUpsamplingBlock";

    private const int FirstWeight = 5;

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> dims = stackalloc long[3];
        context.Shape(0, dims);
        var input = new SnakeRows
        {
            X = context.Input<float>(0),
            Channels = (int)dims[1],
            Time = (int)dims[2],
            Alpha = context.Input<float>(3),
            Beta = context.Input<float>(4),
        };
        var weights = BlockWeights.Of(context, FirstWeight, isLast);
        var from = (int)*context.Input<long>(1);
        dims[1] = weights.Outputs;
        dims[2] = *context.Input<long>(2) - from;
        var work = new Work
        {
            Input = input,
            Weights = weights,
            From = from,
            Length = (int)dims[2],
            Parts = BlockPart.Count((int)dims[2], weights.Channels),
            Y = context.Output<float>(0, dims),
        };
        context.ParallelFor((int)dims[0] * work.Parts, &ComputePart, &work);
    }

    private static TensorElementType[] Types(bool isLast) =>
    [
        TensorElementType.Float,
        TensorElementType.Int64,
        TensorElementType.Int64,
        .. Enumerable.Repeat(TensorElementType.Float, FirstWeight - 3 + BlockWeights.Inputs(isLast)),
    ];

    private static void ComputePart(void* state, int index)
    {
        var work = (Work*)state;
        var window = index / work->Parts;
        var part = index % work->Parts;
        var from = (int)((long)work->Length * part / work->Parts);
        var to = (int)((long)work->Length * (part + 1) / work->Parts);
        var plan = new BlockPart(work->Weights, work->Input.Time, work->From + from, work->From + to);
        var scratch = ArrayPool<float>.Shared.Rent(plan.Scratch + Lanes.Count);
        fixed (float* memory = scratch)
        {
            var y = work->Y + (long)window * work->Weights.Outputs * work->Length + from;
            plan.Compute(work->Input, window, Lanes.Align(memory), y, work->Length);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private struct Work
    {
        public SnakeRows Input;
        public BlockWeights Weights;
        public int From;
        public int Length;
        public int Parts;
        public float* Y;
    }
}
