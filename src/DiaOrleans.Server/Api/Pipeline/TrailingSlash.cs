using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Redirects a path that ends with a slash to the path without it.</summary>
internal static class TrailingSlash
{
    public static Task Redirect(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.Length < 2 || !path.EndsWith('/') || path.StartsWith("/dashboard", StringComparison.Ordinal)) return next(context);
        // Browsers would take a target that begins with two slashes, or with /\, for another host.
        if (path[1] is '/' or '\\') return next(context);
        var sent = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        // The raw target keeps the client's encoding, but dot segments in it can have such a beginning or redirect to the same target: then
        // the decoded path is used.
        var canUseRaw = sent.Length > 1 && sent[0] == '/' && sent[1] is not ('/' or '\\') && sent.EndsWith('/');
        var target = canUseRaw ? sent : context.Request.Path.ToUriComponent();
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = target.TrimEnd('/') + context.Request.QueryString;
        return Task.CompletedTask;
    }
}
