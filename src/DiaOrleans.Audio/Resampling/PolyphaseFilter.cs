using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DiaOrleans.Audio.Resampling;

/// <summary>
/// A low-pass filter, split into one short filter per phase: a sinc with a Kaiser window. It is flat up to 0.9 of the lower Nyquist
/// frequency and suppresses all from that frequency on by 96 dB, so that nothing aliases. If a ratio has more than 1024 phases, two
/// neighbouring filters are interpolated, with an error of about -110 dB.
/// </summary>
internal sealed class PolyphaseFilter
{
    private const int MaxPhases = 1024;

    private const double StopBandDecibels = 96;
    private const double PassBand = 0.9;

    // Two vectors of 512 bits.
    private const int TapMultiple = 32;

    private static readonly Dictionary<(int, int), PolyphaseFilter> Cache = [];
    private static readonly Lock CacheLock = new();

    private readonly float[][] _phases;

    private PolyphaseFilter(int up, int down)
    {
        // Frequencies are in cycles per input sample. The design formulas for half length and beta are Kaiser's.
        var nyquist = 0.5 * Math.Min(1.0, (double)up / down);
        var cutoff = nyquist * (1 + PassBand) / 2;
        var width = nyquist * (1 - PassBand);
        Half = (int)Math.Ceiling((StopBandDecibels - 7.95) / (14.36 * width) / 2);
        Taps = (2 * Half + TapMultiple - 1) / TapMultiple * TapMultiple;
        Exact = up <= MaxPhases;
        Phases = Exact ? up : MaxPhases;
        var beta = 0.1102 * (StopBandDecibels - 8.7);
        _phases = new float[Phases + 1][];
        for (var phase = 0; phase <= Phases; phase++) _phases[phase] = Filter((double)phase / Phases, cutoff, beta);
    }

    /// <summary>Input samples that a filter uses before its centre; it uses as many after it.</summary>
    public int Half { get; }

    /// <summary>Length of the filter of one phase, padded with zeros to a multiple of 32.</summary>
    public int Taps { get; }

    /// <summary>True if each phase of the ratio has its own filter, so that none is interpolated.</summary>
    public bool Exact { get; }

    /// <summary>Phases per input sample.</summary>
    public int Phases { get; }

    /// <summary>
    /// Applies the filter of a phase. It is compiled with all optimisations at once: the dot product of TensorPrimitives still runs in
    /// instrumented code after a hundred requests, where it takes more time than all of the codec's convolutions (bench/README.md).
    /// </summary>
    /// <param name="phase">0 to <see cref="Phases"/>, which is phase 0 of the next input sample.</param>
    /// <param name="input">The input from sample centre - <see cref="Half"/> + 1 on, <see cref="Taps"/> samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Apply(int phase, ReadOnlySpan<float> input)
    {
        var taps = _phases[phase];
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, taps.Length, nameof(input));
        ref var filter = ref MemoryMarshal.GetArrayDataReference(taps);
        ref var samples = ref MemoryMarshal.GetReference(input);
        var count = (nuint)taps.Length;
        return Vector512.IsHardwareAccelerated ? Wide(ref filter, ref samples, count) : Narrow(ref filter, ref samples, count);
    }

    /// <summary>Returns the filter that changes the rate by <paramref name="up"/> / <paramref name="down"/>.</summary>
    public static PolyphaseFilter GetOrCreate(int up, int down)
    {
        lock (CacheLock)
        {
            if (Cache.TryGetValue((up, down), out var cached)) return cached;
            // Clients choose the rate, so the cache is bounded.
            if (Cache.Count >= 32) Cache.Clear();
            return Cache[(up, down)] = new PolyphaseFilter(up, down);
        }
    }

    private float[] Filter(double fraction, double cutoff, double beta)
    {
        var taps = new double[Taps];
        double sum = 0;
        for (var i = 0; i < 2 * Half; i++)
        {
            var x = i - Half + 1 - fraction;
            var window = Math.Abs(x) >= Half ? 0 : Bessel(beta * Math.Sqrt(1 - x / Half * (x / Half))) / Bessel(beta);
            taps[i] = 2 * cutoff * Sinc(2 * cutoff * x) * window;
            sum += taps[i];
        }

        return [.. taps.Select(t => (float)(t / sum))];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Wide(ref float filter, ref float samples, nuint count)
    {
        var a = Vector512<float>.Zero;
        var b = Vector512<float>.Zero;
        for (nuint i = 0; i < count; i += TapMultiple)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref filter, i), Vector512.LoadUnsafe(ref samples, i), a);
            b = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref filter, i + 16), Vector512.LoadUnsafe(ref samples, i + 16), b);
        }

        return Vector512.Sum(a + b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Narrow(ref float filter, ref float samples, nuint count)
    {
        var half = (nuint)Vector<float>.Count;
        var a = Vector<float>.Zero;
        var b = Vector<float>.Zero;
        for (nuint i = 0; i < count; i += 2 * half)
        {
            a = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref filter, i), Vector.LoadUnsafe(ref samples, i), a);
            b = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref filter, i + half), Vector.LoadUnsafe(ref samples, i + half), b);
        }

        return Vector.Sum(a + b);
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>Modified Bessel function of the first kind, order 0.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-12 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
