using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Seeds of a request's calls: the first call has the request's own, every other segment and retry one that follows from it.</summary>
internal static class SeedChain
{
    /// <param name="seed">The request's.</param>
    /// <param name="segment">From 0.</param>
    /// <param name="attempt">From 0.</param>
    public static long Of(long seed, int segment, int attempt)
    {
        if (segment == 0 && attempt == 0) return seed;
        return ((long)Half(0) << 32) | Half(1);

        // A row that no grid reaches: the numbers of the request's own cells stay its own.
        uint Half(int half) => (uint)(CounterRandom.Uniform(seed, long.MaxValue - segment, 2 * attempt + half) * (1L << 32));
    }
}
