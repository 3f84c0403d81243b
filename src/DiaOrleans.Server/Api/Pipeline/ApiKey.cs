using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Web;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Requires the API key, if one is configured, except on public routes; docs/api.md, API keys.</summary>
/// <param name="keys">The accepted keys; none if no key is required.</param>
internal sealed class ApiKey(IReadOnlyList<string> keys)
{
    private const string Scheme = "Bearer ";
    private const string DocsAssets = "/docs/";

    /// <summary>Paths without a key. <see cref="Metrics.MetricsAccess"/> checks /metrics.</summary>
    private static readonly HashSet<string> PublicPaths =
    [
        "/", "/v1", "/docs", "/redoc", "/openapi.json",
        "/health", "/v1/health", "/health/startup", "/v1/health/startup", "/health/ready", "/v1/health/ready",
        "/audio/voices", "/v1/audio/voices", "/audio/models", "/v1/audio/models", "/metrics", "/v1/metrics",
    ];

    private readonly byte[][] _digests = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Calls <paramref name="next"/> if the route is public or the request has the key; else answers 401.</summary>
    public Task Check(HttpContext context, RequestDelegate next)
    {
        var isPublic = HttpMethods.IsOptions(context.Request.Method) || IsPublic(context.Request.Path.Value ?? "");
        return isPublic ? next(context) : Require(context, next);
    }

    /// <summary>Calls <paramref name="next"/> if the request has the key or no key is configured; else answers 401.</summary>
    public Task Require(HttpContext context, RequestDelegate next)
    {
        if (_digests.Length == 0) return next(context);
        var sent = context.Request.Headers.Authorization.ToString();
        if (sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsKey(sent[Scheme.Length..].Trim())) return next(context);
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemWriter.Write(context, "Invalid or missing API key");
    }

    private static bool IsPublic(string path) =>
        PublicPaths.Contains(path)
        || path.StartsWith(DocsAssets, StringComparison.Ordinal)
        || path.StartsWith(WebPage.Folder, StringComparison.Ordinal);

    /// <summary>Compares the digests with those of all keys, so that the time does not depend on the keys.</summary>
    private bool IsKey(string sent)
    {
        // The web server decodes headers as Latin-1: this restores the bytes.
        var digest = SHA256.HashData(Encoding.Latin1.GetBytes(sent));
        var found = false;
        foreach (var key in _digests) found |= CryptographicOperations.FixedTimeEquals(digest, key);
        return found;
    }
}
