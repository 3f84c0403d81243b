using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// x [..., inputs] times a weight in 8 bits: codes [groups, blocks, 8, 32, 4], uint8, and their scales [groups, blocks, 32], for groups of
/// 32 outputs and blocks of 32 inputs; then int64 [1], the number of outputs. The last two axes of the codes are an output of the group and
/// four inputs side by side. A code c stands for scale · (c - 128). Blocks of x are rounded to 8 bits and multiplied in integers; the
/// blocks are summed in fp32, in their order. A row's result does not depend on the others.
/// </summary>
internal sealed unsafe class QuantisedLinear() : HostOperator(
    OperatorName,
    [TensorElementType.Float, TensorElementType.UInt8, TensorElementType.Float, TensorElementType.Int64],
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "QuantisedLinear";

    // Groups of outputs that one call of a thread computes.
    private const int GroupsOfPart = 4;

    private const int MostAxes = 4;

    /// <summary>Whether this processor can compute it.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        if (AvxVnni.IsSupported) Compute<VnniDot>(context);
        else Compute<PairDot>(context);
    }

    private static void Compute<TDot>(in KernelContext context) where TDot : struct, IBlockDot
    {
        // A call costs as much as a small product: of the shapes, only that of x is asked for.
        Span<long> axes = stackalloc long[MostAxes];
        var dims = context.ShapeWithin(0, axes);
        var inputs = (int)dims[^1];
        var outputs = (int)*context.Input<long>(3);
        var blocks = (inputs + QuantisedRows.BlockSize - 1) / QuantisedRows.BlockSize;
        var rows = 1;
        foreach (var dim in dims[..^1]) rows *= (int)dim;
        dims[^1] = outputs;
        var scratch = ArrayPool<byte>.Shared.Rent(QuantisedRows<TDot>.Bytes(rows, blocks));
        fixed (byte* memory = scratch)
        {
            var work = new Work<TDot>
            {
                X = QuantisedRows<TDot>.Make(context.Input<float>(0), rows, inputs, blocks, memory),
                Codes = context.Input<byte>(1),
                Scales = context.Input<float>(2),
                Y = context.Output<float>(0, dims),
                Groups = (outputs + QuantisedRows.Outputs - 1) / QuantisedRows.Outputs,
                Outputs = outputs,
            };
            context.ParallelFor((work.Groups + GroupsOfPart - 1) / GroupsOfPart, &ComputePart<TDot>, &work);
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void ComputePart<TDot>(void* state, int part) where TDot : struct, IBlockDot
    {
        var work = (Work<TDot>*)state;
        var rows = work->X.Rows;
        var blocks = work->X.Blocks;
        var scratch = ArrayPool<float>.Shared.Rent((rows + 1) * QuantisedRows.Outputs);
        fixed (float* sums = scratch)
        {
            var last = Math.Min((part + 1) * GroupsOfPart, work->Groups);
            for (var group = part * GroupsOfPart; group < last; group++)
            {
                var block = (long)group * blocks;
                var scales = work->Scales + block * QuantisedRows.Outputs;
                work->X.Multiply(work->Codes + block * QuantisedRows.GroupBytes, scales, sums);
                Copy(sums, rows, work->Y + group * QuantisedRows.Outputs, work->Outputs, work->Outputs - group * QuantisedRows.Outputs);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    /// <summary>Copies the outputs of a group, of which there may be fewer than it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* sums, int rows, float* y, int stride, int outputs)
    {
        for (var row = 0; row < rows; row++, sums += QuantisedRows.Outputs, y += stride)
        {
            if (outputs >= QuantisedRows.Outputs) CopyAll(sums, y);
            else new ReadOnlySpan<float>(sums, outputs).CopyTo(new Span<float>(y, outputs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyAll(float* sums, float* y)
    {
        Vector256.Load(sums).Store(y);
        Vector256.Load(sums + 8).Store(y + 8);
        Vector256.Load(sums + 16).Store(y + 16);
        Vector256.Load(sums + 24).Store(y + 24);
    }

    private struct Work<TDot> where TDot : struct, IBlockDot
    {
        public QuantisedRows<TDot> X;
        public byte* Codes;
        public float* Scales;
        public float* Y;
        public int Groups;
        public int Outputs;
    }
}
