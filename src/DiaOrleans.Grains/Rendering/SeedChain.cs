using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Seeds of a request's calls: the first call has the request's own, every other segment and retry one derived from it.</summary>
internal static class SeedChain
{
    /// <summary>The seed of one call.</summary>
    /// <param name="seed">The request's.</param>
    /// <param name="segment">From 0.</param>
    /// <param name="attempt">From 0.</param>
    public static long Derive(long seed, int segment, int attempt)
    {
        if (segment == 0 && attempt == 0) return seed;
        return ((long)Half(0) << 32) | Half(1);

        // Rows that no grid reaches, so that these numbers are independent of those that draw the request's tokens.
        uint Half(int half) => (uint)(CounterRandom.Uniform(seed, long.MaxValue - segment, 2 * attempt + half) * (1L << 32));
    }
}
