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
    private const int VectorLength = 8;

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
        Taps = (2 * Half + VectorLength - 1) / VectorLength * VectorLength;
        Exact = up <= MaxPhases;
        Phases = Exact ? up : MaxPhases;
        var beta = 0.1102 * (StopBandDecibels - 8.7);
        _phases = new float[Phases + 1][];
        for (var phase = 0; phase <= Phases; phase++) _phases[phase] = Filter((double)phase / Phases, cutoff, beta);
    }

    /// <summary>Input samples that a filter uses before its centre; it uses as many after it.</summary>
    public int Half { get; }

    /// <summary>Length of the filter of one phase, padded with zeros to a multiple of 8.</summary>
    public int Taps { get; }

    /// <summary>True if each phase of the ratio has its own filter, so that none is interpolated.</summary>
    public bool Exact { get; }

    /// <summary>Phases per input sample.</summary>
    public int Phases { get; }

    /// <summary>The filter of a phase, applied to the input from sample centre - <see cref="Half"/> + 1 on.</summary>
    /// <param name="phase">0 to <see cref="Phases"/>, which is phase 0 of the next input sample.</param>
    public ReadOnlySpan<float> this[int phase] => _phases[phase];

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
