namespace DiaOrleans.Grains.Workers;

/// <summary>How this silo serves its engine.</summary>
public sealed record EngineHostOptions
{
    /// <summary>How long admitted work may go on once the silo is told to stop.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>A model that has had no work for so long leaves memory; null keeps it.</summary>
    public TimeSpan? IdleLimit { get; init; }

    /// <summary>Number of the device in the worker's key.</summary>
    public int Device { get; init; }
}
