using DiaOrleans.Server.Api.Errors;
using Microsoft.Extensions.Primitives;

namespace DiaOrleans.Server.Api.Origins;

/// <summary>
/// Refuses requests for unknown hosts and writing requests of pages of other origins, and writes the CORS headers. An allowed origin is
/// echoed, since browsers reject <c>*</c> with credentials; docs/api.md, Origins and hosts.
/// </summary>
internal sealed class OriginCheck(OriginPolicy origins, HostPolicy hosts)
{
    private const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private const string Exposed = "X-Generation-ID, X-Request-ID, X-Seed, Content-Disposition";
    private const string FetchSite = "Sec-Fetch-Site";
    private const string CrossSite = "cross-site";
    private const int MaxShown = 256;

    /// <summary>Characters of an origin; a host name has at most 253.</summary>
    private const int MaxOrigin = 1024;

    /// <summary>Characters of requested headers that are echoed.</summary>
    private const int MaxRequestedHeaders = 4096;

    public Task Check(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var host = request.Host.Host;
        if (!hosts.Allows(host)) return Refuse(context, 421, $"Unknown host '{Shown(host)}': add it to AllowedHosts");
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            var crossSite = request.Headers[FetchSite] == CrossSite && !origins.Allows("", host);
            return crossSite ? AnswerForeign(context, origin, next) : next(context);
        }

        context.Response.Headers.Vary = "Origin";
        var allowed = origin.Length <= MaxOrigin && origins.Allows(origin, host);
        return allowed ? AnswerAllowed(context, origin, next) : AnswerForeign(context, origin, next);
    }

    private static Task AnswerForeign(HttpContext context, string origin, RequestDelegate next)
    {
        var method = context.Request.Method;
        var reads = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        if (reads && !IsPreflight(context.Request)) return next(context);
        var sentence = origin.Length > 0
            ? $"Requests from {Shown(origin)} are not allowed: add it to AllowedOrigins or set an API key"
            : "Requests from another site are not allowed: add its origin to AllowedOrigins or set an API key";
        return Refuse(context, 403, sentence);
    }

    private static Task AnswerAllowed(HttpContext context, string origin, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        if (!IsPreflight(context.Request))
        {
            headers.AccessControlExposeHeaders = Exposed;
            return next(context);
        }

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlMaxAge = "600";
        var requested = context.Request.Headers.AccessControlRequestHeaders;
        if (Length(requested) is > 0 and <= MaxRequestedHeaders) headers.AccessControlAllowHeaders = requested;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("OK");
    }

    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.Origin.ToString().Length > 0
        && request.Headers.AccessControlRequestMethod.Count > 0;

    private static Task Refuse(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return ProblemWriter.Write(context, sentence);
    }

    private static int Length(StringValues values) => values.Sum(value => value?.Length ?? 0);

    private static string Shown(string sent) => sent.Length <= MaxShown ? sent : sent[..MaxShown] + "…";
}
