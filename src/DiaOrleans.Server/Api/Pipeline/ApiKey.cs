using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Web;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Asks for a configured key, except where clients call without one; spec/api.md 1.1.</summary>
/// <param name="keys">Keys, separated by commas; null or empty asks for none.</param>
internal sealed class ApiKey(string? keys)
{
    private const string Scheme = "Bearer ";
    private const string DocsAssets = "/docs/";

    // /metrics decides by itself who may read it.
    private static readonly HashSet<string> Open =
        ["/", "/v1", "/health", "/v1/health", "/docs", "/redoc", "/openapi.json", "/v1/audio/voices", "/v1/audio/models", "/metrics", "/v1/metrics"];

    private readonly byte[][] _digests = [.. Split(keys).Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Whether there is a key at all.</summary>
    public static bool IsSet(string? keys) => Split(keys).Length > 0;

    public Task Check(HttpContext context, RequestDelegate next)
    {
        return HttpMethods.IsOptions(context.Request.Method) || IsOpen(context.Request.Path.Value ?? "") ? next(context) : Require(context, next);
    }

    /// <summary>Passes a request on if it has the key, or no key is configured; else answers 401.</summary>
    public Task Require(HttpContext context, RequestDelegate next)
    {
        if (_digests.Length == 0) return next(context);
        var sent = context.Request.Headers.Authorization.ToString();
        if (sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsKey(sent[Scheme.Length..].Trim())) return next(context);
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemWriter.Write(context, "Invalid or missing API key");
    }

    private static string[] Split(string? keys) =>
        (keys ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOpen(string path) => Open.Contains(path) || path.StartsWith(DocsAssets, StringComparison.Ordinal) || path.StartsWith(WebPage.Folder, StringComparison.Ordinal);

    /// <summary>Compares digests, and with all keys, so that the time taken tells nothing of them.</summary>
    private bool IsKey(string sent)
    {
        // Headers are read a byte a letter.
        var digest = SHA256.HashData(Encoding.Latin1.GetBytes(sent));
        var found = false;
        foreach (var key in _digests) found |= CryptographicOperations.FixedTimeEquals(digest, key);
        return found;
    }
}
