namespace DiaOrleans.Audio.Resampling;

/// <summary>
/// A Kaiser-windowed sinc, cut into one short filter a phase. Flat to 0.9 of the lower Nyquist frequency and closed at that frequency, so nothing that could alias
/// gets through. Where a ratio has more phases than are tabulated, neighbours are blended; between 1024 phases that is exact to about -110 dB.
/// </summary>
internal sealed class PolyphaseFilter
{
    public const int MaxPhases = 1024;

    private const double StopBandDecibels = 96;
    private const double PassBand = 0.9;
    private const int LanesPadding = 8;

    private static readonly Dictionary<(int, int), PolyphaseFilter> Cache = [];
    private static readonly Lock CacheLock = new();

    private readonly float[][] _phases;

    private PolyphaseFilter(int up, int down)
    {
        // Frequencies in cycles per input sample; the lower Nyquist frequency is 0.5 when going up.
        var nyquist = 0.5 * Math.Min(1.0, (double)up / down);
        var cutoff = nyquist * (1 + PassBand) / 2;
        var width = nyquist * (1 - PassBand);
        Half = (int)Math.Ceiling((StopBandDecibels - 7.95) / (14.36 * width) / 2);
        Taps = (2 * Half + LanesPadding - 1) / LanesPadding * LanesPadding;
        Exact = up <= MaxPhases;
        Phases = Exact ? up : MaxPhases;
        var beta = 0.1102 * (StopBandDecibels - 8.7);
        _phases = new float[Phases + 1][];
        for (var phase = 0; phase <= Phases; phase++) _phases[phase] = Filter((double)phase / Phases, cutoff, beta);
    }

    /// <summary>Input samples that a filter reaches back from its centre, and ahead.</summary>
    public int Half { get; }

    /// <summary>Length of one phase's filter.</summary>
    public int Taps { get; }

    /// <summary>One filter for each phase that the ratio has.</summary>
    public bool Exact { get; }

    /// <summary>Tabulated phases of one input sample.</summary>
    public int Phases { get; }

    /// <summary>Filter of a phase, for input samples from centre - Half + 1 on; phase <see cref="Phases"/> is the next sample's phase 0 seen from here.</summary>
    public ReadOnlySpan<float> this[int phase] => _phases[phase];

    public static PolyphaseFilter For(int up, int down)
    {
        lock (CacheLock)
        {
            if (Cache.TryGetValue((up, down), out var known)) return known;
            // A client chooses the rate: keep the table of tables small.
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
