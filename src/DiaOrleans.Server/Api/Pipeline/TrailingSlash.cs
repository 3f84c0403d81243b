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
        var sent = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        // Dot segments may hide such a beginning, or a target that would redirect to itself: then the path as it was understood counts.
        var asSent = sent.Length > 1 && sent[0] == '/' && sent[1] is not ('/' or '\\') && sent.EndsWith('/');
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = (asSent ? sent.TrimEnd('/') : context.Request.Path.ToUriComponent().TrimEnd('/')) + context.Request.QueryString;
        return Task.CompletedTask;
    }
}
