using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Grains.Jobs;

/// <summary>How many background jobs are accepted.</summary>
public sealed record JobOptions
{
    /// <summary>Jobs that may wait in the queue of the cluster; further ones are refused. 1 or more, 1000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPendingJobs { get; init; } = 1000;
}
