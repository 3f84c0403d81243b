using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Proxies;

/// <summary>
/// Makes the path of a request that of a route: without the prefix of a proxy, which becomes the path base, and with one slash where there
/// are several. The raw target is changed in the same way.
/// </summary>
internal sealed class RequestPath(ProxyOptions options)
{
    private const string PrefixHeader = "X-Forwarded-Prefix";

    private readonly string _basePath = Prefix.Parse(options.BasePath)!;

    public Task Normalise(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var raw = context.Features.Get<IHttpRequestFeature>()!;
        request.PathBase = _basePath.Length > 0 ? _basePath : Forwarded(request);
        request.Path = JoinSlashes(request.Path.Value ?? "/");
        raw.RawTarget = JoinSlashesBeforeQuery(raw.RawTarget);
        if (_basePath.Length == 0) return next(context);
        if (!request.Path.StartsWithSegments(_basePath, StringComparison.Ordinal, out var rest)) return next(context);
        // Relative addresses of the page would lead out of the prefix without the slash.
        if (!rest.HasValue && HttpMethods.IsGet(request.Method)) return Redirect(context);
        request.Path = rest.HasValue ? rest : "/";
        if (raw.RawTarget.StartsWith(_basePath, StringComparison.Ordinal)) raw.RawTarget = Rooted(raw.RawTarget[_basePath.Length..]);
        return next(context);
    }

    private static PathString Forwarded(HttpRequest request) => Prefix.ParseForwarded(request.Headers[PrefixHeader].ToString()) ?? "";

    private static Task Redirect(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = $"{context.Request.PathBase}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }

    private static string Rooted(string target) => target.StartsWith('/') ? target : $"/{target}";

    private static string JoinSlashesBeforeQuery(string target)
    {
        // The absolute form begins with a scheme.
        if (!target.StartsWith('/')) return target;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? JoinSlashes(target) : JoinSlashes(target[..query]) + target[query..];
    }

    private static string JoinSlashes(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal)) return path;
        var joined = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (c != '/' || joined.Length == 0 || joined[^1] != '/') joined.Append(c);
        }

        return joined.ToString();
    }
}
