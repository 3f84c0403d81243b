using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>On a silo that only runs engines: answers health and metrics, and 404 to all other requests.</summary>
internal static class WithoutClients
{
    private const string Detail =
        "This silo has the role gpu and answers /health and /metrics only: send requests to a silo of the role api or all";

    private static readonly PathString[] Answered = ["/health", "/v1/health", "/metrics", "/v1/metrics"];

    public static Task Refuse(HttpContext context, RequestDelegate next) =>
        Answered.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal))
            ? next(context)
            : throw ApiProblem.NotFound(Detail);
}
