using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Status;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>GET /queue/stats, of all silos; docs/api.md, State of the server.</summary>
internal static class QueueStatsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/queue/stats", Get);

    private static async Task<IResult> Get(KnownCounts jobs, ClusterReports cluster, ApiOptions options)
    {
        var reading = cluster.Read();
        var counts = await jobs.Read();
        var reports = await reading;
        var workers = reports.SelectMany(report => report.Workers).ToArray();
        return ApiJson.Ok(new
        {
            pending_jobs = counts.Pending,
            processing_jobs = counts.Processing,
            completed_jobs = counts.Completed,
            failed_jobs = counts.Failed,
            total_workers = options.MaxWorkers ?? workers.Length,
            active_workers = workers.Count(worker => worker.Busy),
            memory_pressure = ClusterGpu.All(reports).ToDictionary(gpu => gpu.Key, gpu => gpu.FormatPressure()),
        });
    }
}
