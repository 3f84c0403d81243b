using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Workers;
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
        return ApiJson.Ok(Format(counts, await reading, options.MaxWorkers));
    }

    /// <summary>The JSON of the queue.</summary>
    public static object Format(JobCounts counts, IReadOnlyList<SiloReport> reports, int? maxWorkers)
    {
        var workers = reports.SelectMany(report => report.Workers.Select(worker => (report, worker))).ToArray();
        return new
        {
            pending_jobs = counts.Pending,
            processing_jobs = counts.Processing,
            completed_jobs = counts.Completed,
            failed_jobs = counts.Failed,
            total_workers = maxWorkers ?? workers.Length,
            active_workers = workers.Count(one => one.worker.Busy),
            memory_pressure = ClusterGpu.All(reports).ToDictionary(gpu => gpu.Key, gpu => gpu.FormatPressure()),
            workers = workers.Select(one => FormatWorker(one.report, one.worker)),
        };
    }

    private static object FormatWorker(SiloReport silo, WorkerStatus worker) => new
    {
        id = worker.Name,
        silo = silo.Silo,
        device = worker.Device,
        state = silo.IsFresh ? worker.State.ToString().ToLowerInvariant() : "silent",
        model = worker.Model?.Name,
        precision = worker.Model?.Precision,
        slots = worker.Slots,
        active = worker.Active,
        waiting = worker.Waiting,
        backlog_seconds = Math.Round(worker.BacklogSeconds, 1),
    };
}
