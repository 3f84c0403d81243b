using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Grains.Workers;

/// <summary>The engines of this silo and how they are run.</summary>
public sealed record EngineHostOptions
{
    /// <summary>How long admitted work may go on after the silo was told to stop.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A model that has had no work for so long is unloaded; null keeps it loaded.</summary>
    public TimeSpan? IdleLimit { get; init; }

    /// <summary>Names of the devices, one engine each; the index is the device's number in the worker's key.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [ExecutionTarget.Default.Device.Name];
}
