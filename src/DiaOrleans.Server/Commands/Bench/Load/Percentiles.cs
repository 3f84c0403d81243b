namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>Percentiles of values; null if there is none.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">95 of 100 values are not above it.</param>
/// <param name="P99">99 of 100 values are not above it.</param>
internal sealed record Percentiles(double P50, double P95, double P99)
{
    /// <summary>Computes them by the nearest rank.</summary>
    public static Percentiles? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : new Percentiles(Rank(0.50), Rank(0.95), Rank(0.99));

        double Rank(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
