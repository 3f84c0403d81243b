using System.Buffers;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Attention of queries, [slots, S, heads * width], to all valid keys of a text, scale 1. Then come the keys and values, [slots, heads,
/// capacity, width], and int32 [slots], the last valid key. The output is as the queries. A slot's results do not depend on the others, nor
/// on the capacity.
/// </summary>
internal sealed unsafe class CrossAttention() : HostOperator(
    OperatorName,
    [TensorElementType.Float, TensorElementType.Float, TensorElementType.Float, TensorElementType.Int32],
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "CrossAttention";

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> rows = stackalloc long[3];
        Span<long> text = stackalloc long[4];
        context.Shape(0, rows);
        context.Shape(1, text);
        var work = new Work
        {
            Query = context.Input<float>(0),
            Keys = context.Input<float>(1),
            Values = context.Input<float>(2),
            Last = context.Input<int>(3),
            Output = context.Output<float>(0, rows),
            Sequence = (int)rows[1],
            Heads = (int)text[1],
            Capacity = (int)text[2],
            Width = (int)text[3],
        };
        for (var slot = 0; slot < text[0]; slot++)
        {
            if (work.Last[slot] < 0 || work.Last[slot] >= work.Capacity)
                throw new InvalidOperationException($"Key {work.Last[slot]} of slot {slot} lies outside the cache.");
        }

        context.ParallelFor((int)(text[0] * text[1]), &Attend, &work);
    }

    /// <summary>All queries of one head of a slot.</summary>
    private static void Attend(void* state, int index)
    {
        var work = (Work*)state;
        var slot = index / work->Heads;
        var head = index % work->Heads;
        var count = work->Last[slot] + 1;
        var keys = work->Keys + (long)index * work->Capacity * work->Width;
        var values = work->Values + (long)index * work->Capacity * work->Width;
        var scratch = ArrayPool<float>.Shared.Rent(AttentionHeads.Scratch(1, count));
        fixed (float* scores = scratch)
        {
            for (var s = 0; s < work->Sequence; s++)
            {
                var offset = ((long)(slot * work->Sequence + s) * work->Heads + head) * work->Width;
                var output = work->Output + offset;
                AttentionHeads.Attend(work->Query + offset, output, 1, keys, values, count, work->Width, scores);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private struct Work
    {
        public float* Query;
        public float* Keys;
        public float* Values;
        public int* Last;
        public float* Output;
        public int Sequence;
        public int Heads;
        public int Capacity;
        public int Width;
    }
}
