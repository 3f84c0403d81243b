namespace DiaOrleans.Grains.Jobs;

/// <summary>How background jobs are taken in and run.</summary>
public sealed record JobOptions
{
    /// <summary>The most jobs that wait; more are refused.</summary>
    public int MaxPendingJobs { get; init; } = 1000;

    /// <summary>Requests that this silo's engine decodes at a time; one job more is held ready.</summary>
    public int Slots { get; init; } = 1;
}
