using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using DiaOrleans.Inference.Decoding;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// The ids with the largest guided logits of each channel, best first, the lower id first among equal ones; docs/model.md, Guidance and
/// sampling, a and b. Conditional and unconditional logits are [slots, 1, channels, vocab], then come the guidance scales, [slots, 1, 1,
/// 1], the factor of EOS's guided logit, [1], the first id of each channel that may not be drawn, int64 [channels], and the number of ids
/// and EOS's id, int64 [2]. Outputs are the guided logits and int64 ids, [slots, 1, channels, number of ids]; ids that may not be drawn
/// have -infinity. NaN ranks first.
/// </summary>
internal sealed unsafe class GuidedTopK() : HostOperator(
    OperatorName,
    [
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Float,
        TensorElementType.Int64,
        TensorElementType.Int64,
    ],
    [TensorElementType.Float, TensorElementType.Int64])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "GuidedTopK";

    // Vectors whose largest elements are found lane by lane.
    private const int Group = 8;

    // Logits further below the best than this are not sought by halving.
    private const float WidestStep = 1 << 20;
    private const int Halvings = 10;

    // Positive, so that it ranks first.
    private static readonly float NotANumber = BitConverter.UInt32BitsToSingle(0x7FC0_0000);

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> dims = stackalloc long[4];
        context.Shape(0, dims);
        var settings = context.Input<long>(5);
        var work = new Work
        {
            Cond = context.Input<float>(0),
            Uncond = context.Input<float>(1),
            Scale = context.Input<float>(2),
            EosFactor = *context.Input<float>(3),
            Ends = context.Input<long>(4),
            Count = (int)settings[0],
            Eos = (int)settings[1],
            Channels = (int)dims[2],
            Vocab = (int)dims[3],
        };
        var rows = (int)(dims[0] * dims[2]);
        dims[3] = work.Count;
        work.Values = context.Output<float>(0, dims);
        work.Ids = context.Output<long>(1, dims);
        context.ParallelFor(rows, &Choose, &work);
    }

    private static void Choose(void* state, int row)
    {
        var work = (Work*)state;
        var group = Group * Vector<float>.Count;
        var padded = (work->Vocab + group - 1) / group * group;
        var floats = ArrayPool<float>.Shared.Rent(padded + padded / Group);
        var ranks = ArrayPool<ulong>.Shared.Rent(work->Vocab);
        fixed (float* guided = floats)
        {
            Guide(work, row, guided, padded);
            var least = Least(guided, padded, guided + padded, work->Count);
            var found = Collect(guided, work->Vocab, least, ranks);
            ranks.AsSpan(0, found).Sort();
        }

        for (var i = 0; i < work->Count; i++)
        {
            work->Values[row * work->Count + i] = RankedToken.Logit(ranks[i]);
            work->Ids[row * work->Count + i] = RankedToken.Id(ranks[i]);
        }

        ArrayPool<float>.Shared.Return(floats);
        ArrayPool<ulong>.Shared.Return(ranks);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Guide(Work* work, int row, float* guided, int padded)
    {
        var cond = work->Cond + (long)row * work->Vocab;
        var uncond = work->Uncond + (long)row * work->Vocab;
        var scale = work->Scale[row / work->Channels];
        var scales = new Vector<float>(scale);
        var i = 0;
        for (; i <= work->Vocab - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = Vector.Load(cond + i);
            (x + (x - Vector.Load(uncond + i)) * scales).Store(guided + i);
        }

        for (; i < work->Vocab; i++) guided[i] = cond[i] + (cond[i] - uncond[i]) * scale;
        guided[work->Eos] *= work->EosFactor;
        for (i = (int)work->Ends[row % work->Channels]; i < padded; i++) guided[i] = float.NegativeInfinity;
    }

    /// <summary>
    /// A value that at least <paramref name="count"/> of the elements reach, and few more: as many of the largest elements of small sets
    /// reach it. NaN if there is none such that is finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Least(float* guided, int padded, float* maxima, int count)
    {
        var w = Vector<float>.Count;
        var all = new Vector<float>(float.NegativeInfinity);
        for (var i = 0; i < padded; i += Group * w)
        {
            var largest = Vector.Load(guided + i);
            for (var j = 1; j < Group; j++) largest = Vector.Max(largest, Vector.Load(guided + i + j * w));
            largest.Store(maxima + i / Group);
            all = Vector.Max(all, largest);
        }

        var most = all[0];
        for (var i = 1; i < w; i++) most = MathF.Max(most, all[i]);
        return float.IsFinite(most) ? Bisect(maxima, padded / Group, most, count) : float.NaN;
    }

    private static float Bisect(float* maxima, int sets, float most, int count)
    {
        var step = 1f;
        while (Reach(maxima, sets, most - step) < count)
        {
            step *= 2;
            if (step > WidestStep) return float.NaN;
        }

        var least = most - step;
        var above = step > 1 ? most - step / 2 : most;
        for (var i = 0; i < Halvings; i++)
        {
            var middle = least + (above - least) / 2;
            var reached = Reach(maxima, sets, middle);
            if (reached < count) above = middle;
            else least = middle;
            if (reached == count) break;
        }

        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Reach(float* maxima, int sets, float least)
    {
        var bound = new Vector<float>(least);
        var reached = Vector<int>.Zero;
        for (var i = 0; i < sets; i += Vector<float>.Count) reached -= Vector.GreaterThanOrEqual(Vector.Load(maxima + i), bound);
        return Vector.Sum(reached);
    }

    /// <summary>The elements that are at least as large; all of them if <paramref name="least"/> is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Collect(float* guided, int vocab, float least, ulong[] ranks)
    {
        var found = 0;
        var bound = new Vector<float>(least);
        for (var first = 0; first < vocab; first += Vector<float>.Count)
        {
            if (Vector.LessThanAll(Vector.Load(guided + first), bound)) continue;
            for (var id = first; id < Math.Min(first + Vector<float>.Count, vocab); id++)
            {
                var value = guided[id];
                if (value < least) continue;
                ranks[found++] = RankedToken.Pack(float.IsNaN(value) ? NotANumber : value, id);
            }
        }

        return found;
    }

    private struct Work
    {
        public float* Cond;
        public float* Uncond;
        public float* Scale;
        public long* Ends;
        public float* Values;
        public long* Ids;
        public float EosFactor;
        public int Count;
        public int Eos;
        public int Channels;
        public int Vocab;
    }
}
