using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>GET /queue/stats; spec/api.md 6.1.</summary>
internal static class QueueStatsEndpoint
{
    private const double HighPressure = 0.85;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/queue/stats", Stats);

    private static async Task<IResult> Stats(JobService desk, IGrainFactory grains, IGpus gpus, ApiOptions options)
    {
        var counts = await desk.Count();
        var workers = await grains.GetGrain<IWorkerDirectoryGrain>(0).List();
        return ApiJson.Ok(new
        {
            pending_jobs = counts.Pending,
            processing_jobs = counts.Processing,
            completed_jobs = counts.Completed,
            failed_jobs = counts.Failed,
            total_workers = options.MaxWorkers ?? workers.Count,
            active_workers = workers.Count(worker => worker.Busy),
            memory_pressure = gpus.Numbers.Where(gpu => options.AllowedGpus?.Contains(gpu) ?? true).ToDictionary(gpu => $"gpu_{gpu}", gpu => Pressure(gpus.ReadMemory(gpu))),
        });
    }

    private static object Pressure(GpuMemory memory)
    {
        if (memory.Error is not null || memory.Total == 0) return new { status = "unknown" };
        var pressure = (double)memory.Used / memory.Total;
        return new { pressure = Math.Round(pressure, 3), status = pressure > HighPressure ? "high" : "normal" };
    }
}
