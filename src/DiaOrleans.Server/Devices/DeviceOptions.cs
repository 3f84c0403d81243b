using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Devices;

/// <summary>The devices that the model runs on, and the precision that it computes in.</summary>
internal sealed record DeviceOptions
{
    /// <summary>auto (the default), cpu, cuda or cuda:N, in any case; auto is CUDA if it can be used, else the CPU.</summary>
    public string Device { get; init; } = DeviceChoice.Auto;

    /// <summary>A precision that the device offers, in any case; null or empty takes its default.</summary>
    public string? Precision { get; init; }

    /// <summary>Precision of the codec's decoder: fp32 (the default), or fp16 on a GPU.</summary>
    public string? CodecPrecision { get; init; }

    /// <summary>auto (the default), single or multi, in any case: single uses the first allowed GPU, the others each of them.</summary>
    [OneOf("auto", "single", "multi")]
    public string GpuMode
    {
        get;
        init => field = value.ToLowerInvariant();
    }
    = "auto";

    /// <summary>Numbers of the GPUs that may be used, 0 or more each; null or an empty list allows all.</summary>
    public IReadOnlyList<int>? GpuIds { get; init; }

    /// <summary>The numbers of <see cref="GpuIds"/>; null allows all.</summary>
    public IReadOnlyList<int>? AllowedGpus => GpuIds is { Count: > 0 } ? GpuIds : null;

    /// <summary>The devices of these settings on this machine.</summary>
    /// <exception cref="SettingsException">They cannot be used; the message says what is valid, or what is missing.</exception>
    public DeviceChoice Choose()
    {
        try
        {
            return DeviceChoice.Make(new DeviceRequest
            {
                Device = Device,
                Precision = Precision,
                CodecPrecision = CodecPrecision,
                Gpus = AllowedGpus,
                OneGpu = GpuMode == "single",
            });
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(e.Message, e) { Setting = nameof(Device) };
        }
    }
}
