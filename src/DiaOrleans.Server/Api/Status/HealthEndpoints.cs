using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Health;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The routes for probes; docs/api.md, State of the server.</summary>
internal static class HealthEndpoints
{
    /// <summary>How long a probe waits for the other silos.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(250);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health", ["GET", "HEAD"], Health);
        routes.MapGet("/health/startup", async (Readiness readiness) => Answer(await readiness.FindObstacleToStart()));
        routes.MapGet("/health/ready", async (Readiness readiness) => Answer(await readiness.FindObstacle()));
    }

    private static async Task<IResult> Health(ClusterReports cluster, TimeProvider time)
    {
        var reports = await cluster.Read(MaxWait);
        var loaded = reports.Any(report => report.Workers.Any(worker => worker.Model is not null));
        return ApiJson.Ok(Format(loaded, time.GetUtcNow()));
    }

    /// <summary>The JSON of a server that answers.</summary>
    public static object Format(bool isLoaded, DateTimeOffset now) =>
        new { status = "healthy", model_loaded = isLoaded, timestamp = now.ToUnixTimeMilliseconds() / 1000.0 };

    private static IResult Answer(string? obstacle) =>
        obstacle is null ? ApiJson.Ok(new { status = "ready" }) : ApiJson.Send(503, new { status = "not ready", reason = obstacle });
}
