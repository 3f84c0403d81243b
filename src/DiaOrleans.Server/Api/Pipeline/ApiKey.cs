using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Asks for the configured key, except where clients call without one; spec/api.md 1.1.</summary>
internal sealed class ApiKey(string? key)
{
    private static readonly HashSet<string> Open = ["/", "/health", "/v1/health", "/docs", "/redoc", "/openapi.json", "/v1/audio/voices", "/v1/audio/models"];

    public Task Check(HttpContext context, RequestDelegate next)
    {
        if (string.IsNullOrEmpty(key) || HttpMethods.IsOptions(context.Request.Method) || Open.Contains(context.Request.Path.Value ?? "")) return next(context);
        var sent = context.Request.Headers.Authorization.ToString();
        const string Scheme = "Bearer ";
        if (sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && Same(sent[Scheme.Length..].Trim(), key)) return next(context);
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemWriter.Write(context, "Invalid or missing API key");
    }

    /// <summary>Compares digests, so that the time taken tells nothing of the key.</summary>
    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(a)), SHA256.HashData(Encoding.UTF8.GetBytes(b)));
}
