using System.Net;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Telemetry;

namespace DiaOrleans.Server.Api.Metrics;

/// <summary>Who may read /metrics; spec/api.md 6.1. A proxy on this machine is no local reader: it says for whom it asks.</summary>
internal sealed class MetricsAccess(TelemetryOptions options, ApiKey key)
{
    private static readonly string[] ForwardingHeaders = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    /// <summary>Passes readers that are allowed on; answers 403 to others, and 401 if an API key is set and not given.</summary>
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
