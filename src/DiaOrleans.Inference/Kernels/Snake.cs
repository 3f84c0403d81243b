using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// x + sin²(αx) · β of x [windows, channels, time], with α and β of one element a channel; β is 1 / α. See docs/model.md,
/// Codec: blocks. An element's result depends on nothing else.
/// </summary>
internal sealed unsafe class Snake() : HostOperator(
    OperatorName,
    [TensorElementType.Float, TensorElementType.Float, TensorElementType.Float],
    [TensorElementType.Float])
{
    /// <summary>Name in a graph.</summary>
    public const string OperatorName = "Snake";

    // Elements for which a second thread is worth its start.
    private const long ParallelElements = 1 << 15;

    // sin²(πf) / f² as a polynomial of f², the best one for |f| up to 1/2; its error is below 1e-7, found by the Remez algorithm.
    private const float C1 = 9.86960411f;
    private const float C2 = -32.4696732f;
    private const float C3 = 42.7272034f;
    private const float C4 = -30.101532f;
    private const float C5 = 13.0504017f;
    private const float C6 = -3.35707664f;

    /// <inheritdoc />
    public override void Compute(in KernelContext context)
    {
        Span<long> dims = stackalloc long[3];
        context.Shape(0, dims);
        var rows = new SnakeWork
        {
            X = context.Input<float>(0),
            Alpha = context.Input<float>(1),
            Beta = context.Input<float>(2),
            Y = context.Output<float>(0, dims),
            Channels = (int)dims[1],
            Time = (int)dims[2],
        };
        var count = (int)(dims[0] * dims[1]);
        if ((long)count * rows.Time >= ParallelElements)
        {
            context.ParallelFor(count, &ComputeRow, &rows);
            return;
        }

        for (var row = 0; row < count; row++) ComputeRow(&rows, row);
    }

    private static void ComputeRow(void* state, int row)
    {
        var rows = (SnakeWork*)state;
        var channel = row % rows->Channels;
        var start = (long)row * rows->Time;
        ComputeRow(rows->X + start, rows->Y + start, rows->Time, rows->Alpha[channel], rows->Beta[channel]);
    }

    /// <summary>x + sin²(αx) · β of some elements; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeRow(float* x, float* y, int count, float alpha, float beta)
    {
        var frequency = alpha / MathF.PI;
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
                Compute(Vector512.Load(x + i), frequency, beta).Store(y + i);
        }

        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) Compute(Vector.Load(x + i), frequency, beta).Store(y + i);
        if (i == count) return;

        var rest = stackalloc float[Vector<float>.Count];
        for (var j = i; j < count; j++) rest[j - i] = x[j];
        Compute(Vector.Load(rest), frequency, beta).Store(rest);
        for (var j = i; j < count; j++) y[j] = rest[j - i];
    }

    /// <summary>
    /// f = αx / π less the nearest integer has the same sin²; β sin²(πf) is f² times a polynomial of f², its error below 3e-7 β.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Compute(Vector<float> x, float frequency, float beta)
    {
        var turns = x * frequency;
        var f = turns - Vector.Round(turns);
        var g = f * f;
        var p = Vector.FusedMultiplyAdd(g, new Vector<float>(C6 * beta), new Vector<float>(C5 * beta));
        p = Vector.FusedMultiplyAdd(p, g, new Vector<float>(C4 * beta));
        p = Vector.FusedMultiplyAdd(p, g, new Vector<float>(C3 * beta));
        p = Vector.FusedMultiplyAdd(p, g, new Vector<float>(C2 * beta));
        p = Vector.FusedMultiplyAdd(p, g, new Vector<float>(C1 * beta));
        return Vector.FusedMultiplyAdd(p, g, x);
    }

    /// <summary>The same operations as on narrower vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Compute(Vector512<float> x, float frequency, float beta)
    {
        var turns = x * frequency;
        var f = turns - Vector512.Round(turns);
        var g = f * f;
        var p = Vector512.FusedMultiplyAdd(g, Vector512.Create(C6 * beta), Vector512.Create(C5 * beta));
        p = Vector512.FusedMultiplyAdd(p, g, Vector512.Create(C4 * beta));
        p = Vector512.FusedMultiplyAdd(p, g, Vector512.Create(C3 * beta));
        p = Vector512.FusedMultiplyAdd(p, g, Vector512.Create(C2 * beta));
        p = Vector512.FusedMultiplyAdd(p, g, Vector512.Create(C1 * beta));
        return Vector512.FusedMultiplyAdd(p, g, x);
    }

    private struct SnakeWork
    {
        public float* X;
        public float* Alpha;
        public float* Beta;
        public float* Y;
        public int Channels;
        public int Time;
    }
}
