using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Health;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The routes for probes; docs/api.md, State of the server.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health", ["GET", "HEAD"], Health);
        routes.MapGet("/health/startup", async (Readiness readiness) => Answer(await readiness.FindObstacleToStart()));
        routes.MapGet("/health/ready", async (Readiness readiness) => Answer(await readiness.FindObstacle()));
    }

    private static async Task<IResult> Health(WorkerView workers, TimeProvider time)
    {
        var loaded = await workers.AnyModelLoaded();
        var seconds = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        return ApiJson.Ok(new { status = "healthy", model_loaded = loaded, timestamp = seconds });
    }

    private static IResult Answer(string? obstacle) =>
        obstacle is null ? ApiJson.Ok(new { status = "ready" }) : ApiJson.Send(503, new { status = "not ready", reason = obstacle });
}
