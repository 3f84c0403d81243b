using System.Globalization;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>The header that names the seed of generated audio.</summary>
internal static class SeedHeader
{
    public const string Name = "X-Seed";

    /// <summary>Adds it; does nothing if the seed is not known, as of audio that an earlier version stored.</summary>
    public static void Add(HttpResponse response, long? seed)
    {
        if (seed is { } known) response.Headers[Name] = known.ToString(CultureInfo.InvariantCulture);
    }
}
