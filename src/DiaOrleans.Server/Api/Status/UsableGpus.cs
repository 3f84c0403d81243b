using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The GPUs of this machine that the settings allow.</summary>
internal sealed class UsableGpus(IGpus gpus, DeviceOptions options)
{
    private const double HighPressure = 0.85;

    /// <summary>Number of GPUs, allowed or not; 0 if the model runs on the CPU.</summary>
    public int Count => gpus.Numbers.Count;

    /// <summary>Numbers of the allowed GPUs.</summary>
    public IReadOnlyList<int> Numbers => [.. gpus.Numbers.Where(gpu => options.AllowedGpus?.Contains(gpu) ?? true)];

    /// <summary>True if each allowed GPU has a model of its own.</summary>
    public bool IsMulti => options.GpuMode switch
    {
        "multi" => Numbers.Count > 0,
        "auto" => Numbers.Count > 1,
        _ => false,
    };

    /// <summary>The memory of each allowed GPU, by the GPU's key in answers.</summary>
    /// <param name="format">Makes the JSON of one GPU's memory.</param>
    public Dictionary<string, object> ReadMemory(Func<GpuMemory, object> format) =>
        Numbers.ToDictionary(FormatKey, gpu => format(gpus.ReadMemory(gpu)));

    /// <summary>The key of a GPU in answers, such as gpu_0.</summary>
    public static string FormatKey(int gpu) => $"gpu_{gpu}";

    /// <summary>The JSON of the used part of a GPU's memory; it is high above 85 %.</summary>
    public static object FormatPressure(GpuMemory memory)
    {
        if (memory.Error is not null || memory.Total == 0) return new { status = "unknown" };
        var pressure = (double)memory.Used / memory.Total;
        return new { pressure = Math.Round(pressure, 3), status = pressure > HighPressure ? "high" : "normal" };
    }
}
