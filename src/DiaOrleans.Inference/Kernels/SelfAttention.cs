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
/// <param name="narrow">Whether the caches are in bf16.</param>
internal sealed unsafe class SelfAttention(bool narrow) : HostOperator(
    OperatorName(narrow),
    [
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        HeadCache.Type(narrow),
        HeadCache.Type(narrow),
        TensorElementType.Int32,
        TensorElementType.Float,
        TensorElementType.Float,
    ],
    [TensorElementType.Float, HeadCache.Type(narrow), HeadCache.Type(narrow)])
{
    private readonly bool _narrow = narrow;

    /// <summary>Name in a graph.</summary>
    public static string OperatorName(bool narrow) => narrow ? "SelfAttentionBFloat16" : "SelfAttention";

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
            Keys = context.Input<byte>(3),
            Values = context.Input<byte>(4),
            Last = context.Input<int>(5),
            Cos = context.Input<float>(6),
            Sin = context.Input<float>(7),
            Output = context.Output<float>(0, rows),
            Sequence = (int)rows[1] / RowsOfToken,
            KvHeads = (int)cache[1] / RowsOfToken,
            Capacity = (int)cache[2],
            Width = (int)cache[3],
            Narrow = _narrow,
        };
        work.Heads = (int)rows[2] / work.Width;
        if (context.Output<byte>(1, cache) != work.Keys || context.Output<byte>(2, cache) != work.Values)
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
        var queries = work->Heads / work->KvHeads;
        var rotated = queries * work->Width;
        var size = rotated + HeadCache.Scratch(queries, first + work->Sequence, work->Width, work->Narrow);
        var scratch = ArrayPool<float>.Shared.Rent(size);
        fixed (float* query = scratch)
        {
            var cache = Cache(work, index);
            for (var s = 0; s < work->Sequence; s++) Extend(work, cache, row + s * RowsOfToken, head, first + s, query);
            for (var s = 0; s < work->Sequence; s++)
            {
                var offset = ((long)(row + s * RowsOfToken) * work->Heads + head * queries) * work->Width;
                for (var q = 0; q < queries; q++) Rotate(work, work->Query + offset + q * work->Width, first + s, query + q * work->Width);
                cache.Attend(query, work->Output + offset, queries, first + s + 1, query + rotated);
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private static HeadCache Cache(Work* work, int index)
    {
        var offset = (long)index * work->Capacity * work->Width * HeadCache.ElementSize(work->Narrow);
        return new HeadCache(work->Keys + offset, work->Values + offset, work->Width, work->Narrow);
    }

    private static void Extend(Work* work, HeadCache cache, int row, int head, int position, float* scratch)
    {
        var offset = ((long)row * work->KvHeads + head) * work->Width;
        Rotate(work, work->Key + offset, position, scratch);
        cache.Put(position, scratch, work->Value + offset);
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
        public byte* Keys;
        public byte* Values;
        public int* Last;
        public float* Cos;
        public float* Sin;
        public float* Output;
        public int Sequence;
        public int Heads;
        public int KvHeads;
        public int Capacity;
        public int Width;
        public bool Narrow;
    }
}
