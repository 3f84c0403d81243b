using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Reads route parameters, percent-decoded once. Routing keeps %2F, so that a%2Fb and a%252Fb would be the same.</summary>
internal static class RouteParameter
{
    public static string Read(HttpContext context, string parameter)
    {
        var routed = context.GetRouteValue(parameter) as string ?? "";
        if (FindSegment(context, parameter) is not { } place) return routed;
        // Dot segments and a target with a host name shift the segments of the raw target. The raw segment at the same place from the end
        // is used if it decodes to the routed one.
        var sent = GetSegment(context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0], place);
        var isSame = sent.Length > 0 && DecodePath(sent) == GetSegment(context.Request.Path.Value, place);
        return isSame ? Uri.UnescapeDataString(sent) : routed;
    }

    /// <summary>Decodes a segment of a path as the web server does: everything but %2F.</summary>
    public static string DecodePath(string segment)
    {
        var kept = segment.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal);
        return Uri.UnescapeDataString(kept);
    }

    /// <summary>The place of the parameter's segment in the route, counted from the end; the last is 1.</summary>
    private static int? FindSegment(HttpContext context, string parameter)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return null;
        var segments = endpoint.RoutePattern.PathSegments;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Parts is not [RoutePatternParameterPart { IsCatchAll: false } part]) continue;
            if (part.Name == parameter) return segments.Count - i;
        }

        return null;
    }

    private static string GetSegment(string? path, int fromEnd)
    {
        var segments = (path ?? "").Split('/');
        return segments.Length < fromEnd ? "" : segments[^fromEnd];
    }
}
