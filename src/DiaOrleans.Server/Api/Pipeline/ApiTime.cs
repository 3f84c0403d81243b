using System.Globalization;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Times in answers: ISO 8601, UTC, microseconds.</summary>
internal static class ApiTime
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
