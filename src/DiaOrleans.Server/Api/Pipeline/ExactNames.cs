using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Names mean themselves in one case only, as clients of FastAPI know it: routing and queries would take /VOICES and ?Limit= for /voices and ?limit=.</summary>
internal static class ExactNames
{
    /// <summary>The query by names as they were sent.</summary>
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

    /// <summary>Lets a route's endpoint answer only for the route's own letters; stands behind routing.</summary>
    public static Task CheckRoute(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } chosen) return next(context);
        var path = Segments(context.Request.Path.Value ?? "");
        if (chosen is RouteEndpoint route && Fits(route.RoutePattern, path)) return next(context);
        var fitting = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => Fits(endpoint.RoutePattern, path));
        var methods = fitting.SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Distinct().Order().ToArray();
        context.SetEndpoint(null);
        if (methods.Length == 0) return next(context);
        context.Response.StatusCode = 405;
        context.Response.Headers.Allow = string.Join(", ", methods);
        return Task.CompletedTask;
    }

    private static bool Fits(RoutePattern pattern, string[] path)
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

    private static string[] Segments(string path)
    {
        var inner = path.Trim('/');
        return inner.Length == 0 ? [] : inner.Split('/');
    }
}
