using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The GPUs of this machine that the settings allow.</summary>
internal sealed class UsableGpus(IGpus gpus, DeviceOptions options)
{
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

    /// <summary>The memory of an allowed GPU.</summary>
    public GpuMemory ReadMemory(int gpu) => gpus.ReadMemory(gpu);
}
