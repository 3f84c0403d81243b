namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Browsers of any origin may call, with credentials: the origin is echoed, since browsers reject <c>*</c> then; spec/api.md 1.2.</summary>
internal static class Cors
{
    private const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private const string Exposed = "X-Generation-ID, X-Request-ID, Content-Disposition";

    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin) return next(context);
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.AccessControlAllowCredentials = "true";
        response.Headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
        {
            response.Headers.AccessControlExposeHeaders = Exposed;
            return next(context);
        }

        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlMaxAge = "600";
        if (request.Headers.AccessControlRequestHeaders is { Count: > 0 } headers) response.Headers.AccessControlAllowHeaders = headers;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync("OK");
    }
}
