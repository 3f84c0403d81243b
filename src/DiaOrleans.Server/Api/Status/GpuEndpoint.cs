using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Status;

/// <summary>GET /gpu/status, of all silos; docs/api.md, State of the server.</summary>
internal static class GpuEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/gpu/status", Get);

    private static async Task<IResult> Get(ClusterReports cluster, DeviceOptions options) =>
        ApiJson.Ok(Format(await cluster.Read(), options.GpuMode));

    /// <summary>The JSON of the GPUs.</summary>
    public static object Format(IReadOnlyList<SiloReport> reports, string mode)
    {
        var gpus = ClusterGpu.All(reports);
        var loaded = reports.SelectMany(report => report.Workers).Where(worker => worker.Model is not null).ToArray();
        var isMulti = reports.Any(report => report.IsMulti) || reports.Count(report => report.Gpus.Count > 0) > 1;
        var status = new Dictionary<string, object>
        {
            ["gpu_mode"] = mode,
            ["gpu_count"] = reports.Sum(report => report.GpuCount),
            ["allowed_gpus"] = gpus.Select(gpu => gpu.Number),
            ["use_multi_gpu"] = isMulti,
            ["models_loaded"] = isMulti
                ? gpus.ToDictionary(gpu => gpu.Key, gpu => gpu.IsLoaded)
                : new Dictionary<string, bool> { ["single_model"] = loaded.Length > 0 },
        };
        if (gpus.Count == 0) return status;
        if (!isMulti && loaded.Length > 0) status["single_model_gpu"] = loaded.Min(ClusterGpu.DeviceOf);
        status["gpu_memory"] = gpus.ToDictionary(gpu => gpu.Key, gpu => gpu.FormatMemory());
        if (reports.Count > 1) status["gpu_places"] = gpus.ToDictionary(gpu => gpu.Key, gpu => gpu.Place);
        return status;
    }
}
