using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>A route's parameter, percent-decoded once: routing would take a%2Fb and a%252Fb for the same.</summary>
internal static class RouteText
{
    public static string Of(HttpContext context, string parameter)
    {
        var routed = context.GetRouteValue(parameter) as string ?? "";
        if (FromEnd(context, parameter) is not { } place) return routed;
        // Dot segments, and a target that names the host, shift segments; those at the same place from the end must say the same.
        var sent = Segment(context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0], place);
        return sent.Length > 0 && AsPath(sent) == Segment(context.Request.Path.Value, place) ? Uri.UnescapeDataString(sent) : routed;
    }

    /// <summary>Which segment of the endpoint's pattern the parameter is, counted from the end, from 1.</summary>
    private static int? FromEnd(HttpContext context, string parameter)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return null;
        var segments = endpoint.RoutePattern.PathSegments;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Parts is [RoutePatternParameterPart { IsCatchAll: false } part] && part.Name == parameter) return segments.Count - i;
        }

        return null;
    }

    private static string Segment(string? path, int fromEnd)
    {
        var segments = (path ?? "").Split('/');
        return segments.Length < fromEnd ? "" : segments[^fromEnd];
    }

    /// <summary>As the server decodes a path: all but the slash.</summary>
    public static string AsPath(string sent) => Uri.UnescapeDataString(sent.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
}
