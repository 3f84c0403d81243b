namespace DiaOrleans.Inference.Execution;

/// <summary>The devices and the precision that settings name.</summary>
public sealed record DeviceRequest
{
    /// <summary>cpu, cuda, cuda:N, or auto for CUDA if it can be used and else the CPU; in any case.</summary>
    public string Device { get; init; } = DeviceChoice.Auto;

    /// <summary>Name of a precision, in any case; null takes the device's default.</summary>
    public string? Precision { get; init; }

    /// <summary>Name of the precision of the codec's decoder, in any case: fp32, or fp16 on a GPU; null takes fp32.</summary>
    public string? CodecPrecision { get; init; }

    /// <summary>Numbers of the GPUs that may be used; null allows all.</summary>
    public IReadOnlyList<int>? Gpus { get; init; }

    /// <summary>Whether the first allowed GPU alone is used, and not each of them.</summary>
    public bool OneGpu { get; init; }
}
