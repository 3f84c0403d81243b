using Microsoft.AspNetCore.Routing.Patterns;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Ids in paths by their place; see <see cref="RouteText"/>.</summary>
internal static class PathIds
{
    /// <summary>The parameter that is the route's segment at <paramref name="index"/>, counted without /v1.</summary>
    public static string Segment(HttpContext context, int index)
    {
        var segments = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments;
        var first = segments[0].Parts is [RoutePatternLiteralPart { Content: "v1" }] ? 1 : 0;
        return RouteText.Of(context, ((RoutePatternParameterPart)segments[first + index].Parts[0]).Name);
    }
}
