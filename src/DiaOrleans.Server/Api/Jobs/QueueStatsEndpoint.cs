using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Status;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>GET /queue/stats; docs/api.md, State of the server.</summary>
internal static class QueueStatsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/queue/stats", Get);

    private static async Task<IResult> Get(
        JobService jobs,
        IGrainFactory grains,
        UsableGpus gpus,
        ApiOptions options)
    {
        var counts = await jobs.Count();
        var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
        return ApiJson.Ok(new
        {
            pending_jobs = counts.Pending,
            processing_jobs = counts.Processing,
            completed_jobs = counts.Completed,
            failed_jobs = counts.Failed,
            total_workers = options.MaxWorkers ?? workers.Count,
            active_workers = workers.Count(worker => worker.Busy),
            memory_pressure = gpus.ReadMemory(UsableGpus.FormatPressure),
        });
    }
}
