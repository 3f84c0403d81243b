namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011). A draw depends on seed, row and channel alone, so a request's codes do not
/// depend on its neighbours, on the order of draws or on the machine.
/// </summary>
internal static class CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public static double Uniform(long seed, long row, int channel)
    {
        var (x0, x1, _, _) = Block((uint)row, (uint)(row >> 32), (uint)channel, 0, (uint)seed, (uint)(seed >> 32));
        return (((ulong)x0 << 32 | x1) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>One block of the generator.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (p0, p1) = ((ulong)Multiplier0 * c0, (ulong)Multiplier1 * c2);
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }
}
