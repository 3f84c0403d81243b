using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>GET /queue/stats; spec/api.md 6.1.</summary>
internal static class QueueStatsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/queue/stats", Stats);

    private static async Task<IResult> Stats(JobDesk desk, IGrainFactory grains)
    {
        var counts = await desk.Count();
        var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
        return ApiJson.Ok(new
        {
            pending_jobs = counts.Pending,
            processing_jobs = counts.Processing,
            completed_jobs = counts.Completed,
            failed_jobs = counts.Failed,
            total_workers = workers.Count,
            active_workers = workers.Count(worker => worker.Active > 0),
            memory_pressure = new Dictionary<string, object>(),
        });
    }
}
