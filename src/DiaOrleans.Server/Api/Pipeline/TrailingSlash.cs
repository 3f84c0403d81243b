using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Sends a path that ends with a slash to the route without it.</summary>
internal static class TrailingSlash
{
    public static Task Redirect(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        // A path that begins with two slashes, or what browsers take for them, would redirect to another host.
        if (path.Length < 2 || !path.EndsWith('/') || path[1] is '/' or '\\' || path.StartsWith("/dashboard", StringComparison.Ordinal)) return next(context);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].TrimEnd('/');
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = (target.StartsWith('/') ? target : path.TrimEnd('/')) + context.Request.QueryString;
        return Task.CompletedTask;
    }
}
