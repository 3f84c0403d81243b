using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Status;

/// <summary>GET /gpu/status; docs/api.md, State of the server.</summary>
internal static class GpuEndpoint
{
    private const double BytesPerGiB = 1 << 30;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/gpu/status", Get);

    private static async Task<IResult> Get(WorkerView workers, UsableGpus gpus, DeviceOptions options)
    {
        var loaded = await workers.LoadedDevices();
        var status = new Dictionary<string, object>
        {
            ["gpu_mode"] = options.GpuMode,
            ["gpu_count"] = gpus.Count,
            ["allowed_gpus"] = gpus.Numbers,
            ["use_multi_gpu"] = gpus.IsMulti,
            ["models_loaded"] = gpus.IsMulti
                ? gpus.Numbers.ToDictionary(UsableGpus.FormatKey, loaded.Contains)
                : new Dictionary<string, bool> { ["single_model"] = loaded.Count > 0 },
        };
        if (gpus.Numbers.Count == 0) return ApiJson.Ok(status);
        if (!gpus.IsMulti && loaded.Count > 0) status["single_model_gpu"] = loaded.Min();
        status["gpu_memory"] = gpus.ReadMemory(FormatMemory);
        return ApiJson.Ok(status);
    }

    private static object FormatMemory(GpuMemory memory)
    {
        if (memory.Error is { } error) return new { error };
        return new
        {
            allocated_gb = ToGiB(memory.Used),
            reserved_gb = ToGiB(memory.Used),
            total_gb = ToGiB(memory.Total),
            free_gb = ToGiB(memory.Total - memory.Used),
        };
    }

    private static double ToGiB(long bytes) => Math.Round(bytes / BytesPerGiB, 2);
}
