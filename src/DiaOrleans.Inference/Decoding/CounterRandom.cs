namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// Random numbers addressed by their position: Philox4x32-10 (Salmon and others, 2011) keyed by the request's seed. A request draws the
/// same numbers in any batch.
/// </summary>
public static class CounterRandom
{
    private const int Rounds = 10;
    private const uint MultiplierA = 0xD2511F53;
    private const uint MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9;
    private const uint WeylB = 0xBB67AE85;
    private const double UnitInLastPlace = 1.0 / (1L << 53);

    /// <summary>A number of 53 random bits in [0, 1) for one cell of a request's grid. All bits of the arguments are used.</summary>
    public static double Uniform(long seed, long row, int channel)
    {
        var (low, high, _, _) = Philox((uint)row, (uint)(row >> 32), (uint)channel, 0, (uint)seed, (uint)(seed >> 32));
        return ((((ulong)high << 32) | low) >> 11) * UnitInLastPlace;
    }

    /// <summary>One block of the generator: four words of a counter and two of a key to four random words.</summary>
    internal static (uint A, uint B, uint C, uint D) Philox(uint a, uint b, uint c, uint d, uint keyA, uint keyB)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var first = (ulong)MultiplierA * a;
            var second = (ulong)MultiplierB * c;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ keyA, (uint)second, (uint)(first >> 32) ^ d ^ keyB, (uint)first);
            keyA = unchecked(keyA + WeylA);
            keyB = unchecked(keyB + WeylB);
        }
        return (a, b, c, d);
    }
}
