using System.Numerics;
using System.Runtime.CompilerServices;

namespace DiaOrleans.Inference.Kernels;

/// <summary>The softmax of the scores of keys in fp32, and what a mean by it needs. A vector's length divides stride and width.</summary>
internal static unsafe class Softmax
{
    /// <summary>exp(score - largest score); 0 behind the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exponentiate(float* scores, int count, int stride)
    {
        for (var i = count; i < stride; i++) scores[i] = float.NegativeInfinity;
        var largest = Vector.Load(scores);
        for (var i = Vector<float>.Count; i < stride; i += Vector<float>.Count) largest = Vector.Max(largest, Vector.Load(scores + i));
        var most = largest[0];
        for (var i = 1; i < Vector<float>.Count; i++) most = MathF.Max(most, largest[i]);
        var all = new Vector<float>(most);
        for (var i = 0; i < stride; i += Vector<float>.Count) Vector.Exp(Vector.Load(scores + i) - all).Store(scores + i);
    }

    /// <summary>The sum of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(float* weights, int stride)
    {
        var sum = Vector<float>.Zero;
        for (var i = 0; i < stride; i += Vector<float>.Count) sum += Vector.Load(weights + i);
        return Vector.Sum(sum);
    }

    /// <summary>Divides a head's output by the sum of its weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Divide(float* output, int width, float sum)
    {
        var factor = new Vector<float>(1 / sum);
        for (var i = 0; i < width; i += Vector<float>.Count) (Vector.Load(output + i) * factor).Store(output + i);
    }
}
