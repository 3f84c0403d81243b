using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.System;

/// <summary>GET /gpu/status: this machine's GPUs as the server may use them; spec/api.md 6.1.</summary>
internal static class GpuEndpoint
{
    private const double GiB = 1 << 30;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/gpu/status", Status);

    private static async Task<IResult> Status(WorkerView workers, IGpus gpus, ApiOptions options)
    {
        var allowed = gpus.Numbers.Where(gpu => options.AllowedGpus?.Contains(gpu) ?? true).ToArray();
        var loaded = await workers.LoadedDevices();
        var multi = options.GpuMode == "multi" || (options.GpuMode == "auto" && allowed.Length > 1);
        var status = new Dictionary<string, object>
        {
            ["gpu_mode"] = options.GpuMode,
            ["gpu_count"] = gpus.Numbers.Count,
            ["allowed_gpus"] = allowed,
            ["use_multi_gpu"] = multi && allowed.Length > 0,
            ["models_loaded"] = multi && allowed.Length > 0
                ? allowed.ToDictionary(gpu => $"gpu_{gpu}", loaded.Contains)
                : new Dictionary<string, bool> { ["single_model"] = loaded.Count > 0 },
        };
        if (allowed.Length == 0) return ApiJson.Ok(status);
        if (!multi && loaded.Count > 0) status["single_model_gpu"] = loaded.Min();
        status["gpu_memory"] = allowed.ToDictionary(gpu => $"gpu_{gpu}", gpu => Memory(gpus.ReadMemory(gpu)));
        return ApiJson.Ok(status);
    }

    private static object Memory(GpuMemory memory) => memory.Error is { } error
        ? new { error }
        : new
        {
            allocated_gb = Gb(memory.Used),
            reserved_gb = Gb(memory.Used),
            total_gb = Gb(memory.Total),
            free_gb = Gb(memory.Total - memory.Used),
        };

    private static double Gb(long bytes) => Math.Round(bytes / GiB, 2);
}
