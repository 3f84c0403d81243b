using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Ids in paths, percent-decoded once: routing would take a%2Fb and a%252Fb for the same.</summary>
internal static class PathIds
{
    /// <summary>The path's segment at <paramref name="index"/>, counted without /v1.</summary>
    public static string Segment(HttpContext context, int index)
    {
        string[] segments = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var target = segments is [var scheme, ..] && scheme.EndsWith(':') ? segments[2..] : segments;
        return Uri.UnescapeDataString((target is ["v1" or "V1", .. var rest] ? rest : target)[index]);
    }
}
