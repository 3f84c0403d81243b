using System.Buffers;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Attention of queries, [slots, S, heads * width], to all valid keys of a text, scale 1. Then come the keys and values, [slots, heads,
/// capacity, width], and int32 [slots], the last valid key. The output is as the queries. A slot's results do not depend on the others, nor
/// on the capacity.
/// </summary>
/// <param name="narrow">Whether keys and values are in bf16.</param>
internal sealed unsafe class CrossAttention(bool narrow) : HostOperator(
    OperatorName(narrow),
    [TensorElementType.Float, HeadCache.Type(narrow), HeadCache.Type(narrow), TensorElementType.Int32],
    [TensorElementType.Float])
{
    private readonly bool _narrow = narrow;

    /// <summary>Name in a graph.</summary>
    public static string OperatorName(bool narrow) => narrow ? "CrossAttentionBFloat16" : "CrossAttention";

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
            Keys = context.Input<byte>(1),
            Values = context.Input<byte>(2),
            Last = context.Input<int>(3),
            Output = context.Output<float>(0, rows),
            Sequence = (int)rows[1],
            Heads = (int)text[1],
            Capacity = (int)text[2],
            Width = (int)text[3],
            Narrow = _narrow,
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
        var memory = (long)index * work->Capacity * work->Width * HeadCache.ElementSize(work->Narrow);
        var cache = new HeadCache(work->Keys + memory, work->Values + memory, work->Width, work->Narrow);
        var scratch = ArrayPool<float>.Shared.Rent(HeadCache.Scratch(1, count, work->Width, work->Narrow));
        fixed (float* scores = scratch)
        {
            for (var s = 0; s < work->Sequence; s++)
            {
                var offset = ((long)(slot * work->Sequence + s) * work->Heads + head) * work->Width;
                cache.Attend(work->Query + offset, work->Output + offset, 1, count, scores);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private struct Work
    {
        public float* Query;
        public byte* Keys;
        public byte* Values;
        public int* Last;
        public float* Output;
        public int Sequence;
        public int Heads;
        public int Capacity;
        public int Width;
        public bool Narrow;
    }
}
