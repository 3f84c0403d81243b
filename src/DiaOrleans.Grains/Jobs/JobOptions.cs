using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Jobs;

/// <summary>How many background jobs are accepted and run.</summary>
public sealed record JobOptions
{
    /// <summary>Jobs that may wait in the queue of the cluster; further ones are refused. 1 or more, 1000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPendingJobs { get; init; } = 1000;

    /// <summary>
    /// Requests that this silo's engine decodes at the same time. The runner leases one job more, so that a slot that becomes free finds
    /// work. 1 or more, 1 by default.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int Slots { get; init; } = 1;
}
