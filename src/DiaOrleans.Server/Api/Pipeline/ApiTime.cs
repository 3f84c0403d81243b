using System.Globalization;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Points in time as clients read them: ISO 8601, UTC, microseconds.</summary>
internal static class ApiTime
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
