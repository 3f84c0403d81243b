using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Workers;

/// <summary>The engines of this silo and how they are run.</summary>
public sealed record EngineHostOptions
{
    /// <summary>Seconds that admitted work may go on after the silo is told to stop: 0 or more, 40 by default.</summary>
    [Range(0, double.MaxValue)]
    public double DrainSeconds { get; init; } = 40;

    /// <summary>Minutes without work after which the model is unloaded until the next request: 0 or more. 0, the default: never.</summary>
    [Range(0, double.MaxValue)]
    public double IdleUnloadMinutes { get; init; }

    /// <summary>
    /// The most requests that each engine decodes at the same time: 1 to 256; null, the default, chooses by device and memory. The runner
    /// of background jobs leases one job more than all engines decode, so that a slot that becomes free finds work.
    /// </summary>
    [Range(1, 256)]
    public int? Slots { get; init; }

    /// <summary><see cref="DrainSeconds"/> as a time.</summary>
    public TimeSpan DrainLimit => TimeSpan.FromSeconds(DrainSeconds);

    /// <summary><see cref="IdleUnloadMinutes"/> as a time; null keeps the model loaded.</summary>
    public TimeSpan? IdleLimit => IdleUnloadMinutes > 0 ? TimeSpan.FromMinutes(IdleUnloadMinutes) : null;
}
