using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Redirects a path that ends with a slash to the path without it.</summary>
internal static class TrailingSlash
{
    public static Task Redirect(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.Length < 2 || !path.EndsWith('/') || path.StartsWith("/dashboard", StringComparison.Ordinal)) return next(context);
        // Browsers would take a target that begins with /\ for another host.
        if (path[1] == '\\') return next(context);
        // The raw target keeps the client's encoding. It is used if it is this path: dot segments and a host name make it another one.
        var sent = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var target = RouteParameter.DecodePath(sent) == path ? sent : context.Request.Path.ToUriComponent();
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = context.Request.PathBase + target.TrimEnd('/') + context.Request.QueryString;
        return Task.CompletedTask;
    }
}
