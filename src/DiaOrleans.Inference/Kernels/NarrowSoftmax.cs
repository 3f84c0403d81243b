using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>The softmax of the scores of keys in bf16; its exponentials are wrong by a few units of the last place at most.</summary>
internal static unsafe class NarrowSoftmax
{
    // exp of what is less has fewer bits than a float.
    private const float Least = -87;

    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, of which the first has few bits: its products with small integers are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    private const int MantissaBits = 23;

    /// <summary>exp(score - largest score); 0 behind the last one. Gives their sum.</summary>
    /// <param name="scores">[stride].</param>
    /// <param name="count">Number of scores.</param>
    /// <param name="stride">The same, rounded up to a multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exponentiate(float* scores, int count, int stride)
    {
        for (var i = count; i < stride; i++) scores[i] = float.NegativeInfinity;
        var largest = Vector256.Load(scores);
        for (var i = 8; i < stride; i += 8) largest = Vector256.Max(largest, Vector256.Load(scores + i));
        var most = largest[0];
        for (var i = 1; i < 8; i++) most = MathF.Max(most, largest[i]);
        var all = Vector256.Create(most);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < stride; i += 8)
        {
            var x = Exp(Vector256.Load(scores + i) - all);
            x.Store(scores + i);
            sum += x;
        }

        return Vector256.Sum(sum);
    }

    /// <summary>
    /// exp of numbers up to 0: 2 to a whole number, times a polynomial of the rest, which is at most ln 2 / 2 (Cephes, expf.c); 0 of what
    /// is less than <see cref="Least"/>. Vector.Exp computes in double precision and takes a tenth of attention's time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        var whole = Vector256.Round(x * Log2E);
        var rest = Fma.MultiplyAdd(whole, Vector256.Create(-Ln2High), x);
        rest = Fma.MultiplyAdd(whole, Vector256.Create(-Ln2Low), rest);
        var y = Vector256.Create(1.9875691500e-4f);
        y = Fma.MultiplyAdd(y, rest, Vector256.Create(1.3981999507e-3f));
        y = Fma.MultiplyAdd(y, rest, Vector256.Create(8.3334519073e-3f));
        y = Fma.MultiplyAdd(y, rest, Vector256.Create(4.1665795894e-2f));
        y = Fma.MultiplyAdd(y, rest, Vector256.Create(1.6666665459e-1f));
        y = Fma.MultiplyAdd(y, rest, Vector256.Create(5.0000001201e-1f));
        y = Fma.MultiplyAdd(y, rest * rest, rest + Vector256<float>.One);
        var power = (Avx.ConvertToVector256Int32(whole) + Vector256.Create(127)) << MantissaBits;
        // A comparison with what is no number is false, and the product is no number.
        var isLess = Vector256.LessThan(x, Vector256.Create(Least));
        return Vector256.AndNot(y * power.AsSingle(), isLess);
    }
}
