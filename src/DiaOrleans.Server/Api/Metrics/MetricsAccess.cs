using System.Net;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Telemetry;

namespace DiaOrleans.Server.Api.Metrics;

/// <summary>
/// Decides who may read /metrics; docs/api.md, State of the server. A request that a proxy forwards is not local, even if the proxy runs on
/// this machine.
/// </summary>
internal sealed class MetricsAccess(TelemetryOptions options, ApiKey key)
{
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Real-IP"];

    /// <summary>Calls <paramref name="next"/> if the reader is allowed; else answers 403, or 401 if the API key is missing.</summary>
    public Task Check(HttpContext context, RequestDelegate next)
    {
        if (IsLocal(context)) return next(context);
        if (options.PublicMetrics) return key.Require(context, next);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return ProblemWriter.Write(context, "Metrics are for readers on this machine: set PublicMetrics to serve them to others");
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer)
        && !Array.Exists(ForwardingHeaders, context.Request.Headers.ContainsKey);
}
