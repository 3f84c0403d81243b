using System.ComponentModel.DataAnnotations;

namespace DiaOrleans.Server.Lifetime;

/// <summary>How the server begins to stop.</summary>
internal sealed record DrainOptions
{
    /// <summary>
    /// Seconds between the signal to stop and the first refused request, in which load balancers see that the server is not ready any more:
    /// 0 to 600; null, the default, is 5 for a member of a cluster, else 0. They are not part of DrainSeconds.
    /// </summary>
    [Range(0, 600)]
    public double? DrainPauseSeconds { get; init; }

    /// <summary><see cref="DrainPauseSeconds"/> as a time.</summary>
    /// <param name="isMember">Whether the server is a member of a cluster.</param>
    public TimeSpan PauseOf(bool isMember) => TimeSpan.FromSeconds(DrainPauseSeconds ?? (isMember ? 5 : 0));
}
