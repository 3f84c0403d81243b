using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Ids in paths, percent-decoded once: routing would take a%2Fb and a%252Fb for the same.</summary>
internal static class PathIds
{
    /// <summary>The path's last segment, or one before it.</summary>
    public static string Last(HttpContext context, int before = 0)
    {
        var segments = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Uri.UnescapeDataString(segments[^(before + 1)]);
    }
}
