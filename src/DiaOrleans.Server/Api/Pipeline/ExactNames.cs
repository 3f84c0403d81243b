using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// Makes routes and the names in queries case-sensitive, as in FastAPI: ASP.NET Core would accept /VOICES for /voices and ?Limit= for
/// ?limit=.
/// </summary>
internal static class ExactNames
{
    /// <summary>Replaces the query by one with case-sensitive names.</summary>
    public static Task ReadQuery(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.QueryString.HasValue) return next(context);
        var query = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(context.Request.QueryString.Value))
        {
            var name = pair.DecodeName().ToString();
            query[name] = StringValues.Concat(query.GetValueOrDefault(name), pair.DecodeValue().ToString());
        }

        context.Request.Query = new QueryCollection(query);
        return next(context);
    }

    /// <summary>
    /// Drops the endpoint that routing chose if the path differs from its route in case. The answer is 405 if the path matches a route of
    /// another method, else 404. It must run after routing.
    /// </summary>
    public static Task CheckRoute(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } chosen) return next(context);
        var path = Split(context.Request.Path.Value ?? "");
        if (chosen is RouteEndpoint route && Matches(route.RoutePattern, path)) return next(context);
        var matching =
            from endpoint in context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where Matches(endpoint.RoutePattern, path)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            select method;
        var methods = matching.Distinct().Order().ToArray();
        context.SetEndpoint(null);
        if (methods.Length == 0) return next(context);
        context.Response.StatusCode = 405;
        context.Response.Headers.Allow = string.Join(", ", methods);
        return Task.CompletedTask;
    }

    private static bool Matches(RoutePattern pattern, string[] path)
    {
        var segments = pattern.PathSegments;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Parts is [RoutePatternParameterPart { IsCatchAll: true }]) return true;
            if (i >= path.Length) return segments[i].Parts is [RoutePatternParameterPart { IsOptional: true }];
            if (segments[i].Parts is [RoutePatternLiteralPart literal] && literal.Content != path[i]) return false;
        }

        return segments.Count == path.Length;
    }

    private static string[] Split(string path)
    {
        var inner = path.Trim('/');
        return inner.Length == 0 ? [] : inner.Split('/');
    }
}
