using System.Security.Cryptography;

namespace DiaOrleans.Grains.Rendering;

/// <summary>The seed of a request.</summary>
internal static class RequestSeed
{
    /// <summary>The seed that a client sent. For null and -1 one is drawn, which the integers of every language hold.</summary>
    public static long Choose(long? sent) => sent is { } seed and not -1 ? seed : RandomNumberGenerator.GetInt32(int.MaxValue);
}
