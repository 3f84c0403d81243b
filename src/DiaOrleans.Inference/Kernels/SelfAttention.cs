using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Self-attention of both guidance rows of each slot, scale 1: rotates the queries and keys of S rows, puts keys and values behind those in
/// the slot's cache, and gives the attention of the queries to all rows up to their own. Queries are [slots, 2 * S, heads * width], keys
/// and values [slots, 2 * S, kvHeads * width]; rows 2 s and 2 s + 1 are the guidance rows of row s. Then come the caches of keys and
/// values, [slots, 2 * kvHeads, capacity, width], int32 [slots], the position of the last of the S rows, and cosines and sines,
/// [positions, width / 2]. Outputs are as the queries, and the caches, which are the memory of the inputs. A slot's results do not depend
/// on the others.
/// </summary>
internal sealed unsafe class SelfAttention() : HostOperator(
    OperatorName,
    [
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Int32,
        TensorElementType.Float,
        TensorElementType.Float,
    ],
    [TensorElementType.Float, TensorElementType.Float, TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "SelfAttention";

    private const int RowsOfToken = 2;

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> rows = stackalloc long[3];
        Span<long> cache = stackalloc long[4];
        context.Shape(0, rows);
        context.Shape(3, cache);
        var work = new Work
        {
            Query = context.Input<float>(0),
            Key = context.Input<float>(1),
            Value = context.Input<float>(2),
            Keys = context.Input<float>(3),
            Values = context.Input<float>(4),
            Last = context.Input<int>(5),
            Cos = context.Input<float>(6),
            Sin = context.Input<float>(7),
            Output = context.Output<float>(0, rows),
            Sequence = (int)rows[1] / RowsOfToken,
            KvHeads = (int)cache[1] / RowsOfToken,
            Capacity = (int)cache[2],
            Width = (int)cache[3],
        };
        work.Heads = (int)rows[2] / work.Width;
        if (context.Output<float>(1, cache) != work.Keys || context.Output<float>(2, cache) != work.Values)
            throw new InvalidOperationException("The caches are to be extended in place.");
        for (var slot = 0; slot < cache[0]; slot++)
        {
            if (work.Last[slot] + 1 < work.Sequence || work.Last[slot] >= work.Capacity)
                throw new InvalidOperationException($"Position {work.Last[slot]} of slot {slot} lies outside the cache.");
        }

        context.ParallelFor((int)(cache[0] * cache[1]), &Attend, &work);
    }

    /// <summary>All queries of one head of a slot's cache.</summary>
    private static void Attend(void* state, int index)
    {
        var work = (Work*)state;
        var slot = index / (RowsOfToken * work->KvHeads);
        var cacheHead = index % (RowsOfToken * work->KvHeads);
        var row = slot * RowsOfToken * work->Sequence + cacheHead / work->KvHeads;
        var head = cacheHead % work->KvHeads;
        var first = work->Last[slot] + 1 - work->Sequence;
        var keys = work->Keys + (long)index * work->Capacity * work->Width;
        var values = work->Values + (long)index * work->Capacity * work->Width;
        for (var s = 0; s < work->Sequence; s++) Extend(work, row + s * RowsOfToken, head, first + s, keys, values);

        var queries = work->Heads / work->KvHeads;
        var rotated = queries * work->Width;
        var scratch = ArrayPool<float>.Shared.Rent(rotated + AttentionHeads.Scratch(queries, first + work->Sequence));
        fixed (float* query = scratch)
        {
            for (var s = 0; s < work->Sequence; s++)
            {
                var offset = ((long)(row + s * RowsOfToken) * work->Heads + head * queries) * work->Width;
                for (var q = 0; q < queries; q++) Rotate(work, work->Query + offset + q * work->Width, first + s, query + q * work->Width);
                var output = work->Output + offset;
                AttentionHeads.Attend(query, output, queries, keys, values, first + s + 1, work->Width, query + rotated);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private static void Extend(Work* work, int row, int head, int position, float* keys, float* values)
    {
        var offset = ((long)row * work->KvHeads + head) * work->Width;
        Rotate(work, work->Key + offset, position, keys + (long)position * work->Width);
        new ReadOnlySpan<float>(work->Value + offset, work->Width)
            .CopyTo(new Span<float>(values + (long)position * work->Width, work->Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rotate(Work* work, float* x, int position, float* y)
    {
        var half = work->Width / 2;
        var cos = work->Cos + (long)position * half;
        var sin = work->Sin + (long)position * half;
        var i = 0;
        for (; i <= half - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (a, b) = (Vector.Load(x + i), Vector.Load(x + half + i));
            var (c, s) = (Vector.Load(cos + i), Vector.Load(sin + i));
            (a * c - b * s).Store(y + i);
            (b * c + a * s).Store(y + half + i);
        }

        for (; i < half; i++)
        {
            y[i] = x[i] * cos[i] - x[i + half] * sin[i];
            y[i + half] = x[i + half] * cos[i] + x[i] * sin[i];
        }
    }

    private struct Work
    {
        public float* Query;
        public float* Key;
        public float* Value;
        public float* Keys;
        public float* Values;
        public int* Last;
        public float* Cos;
        public float* Sin;
        public float* Output;
        public int Sequence;
        public int Heads;
        public int KvHeads;
        public int Capacity;
        public int Width;
    }
}
