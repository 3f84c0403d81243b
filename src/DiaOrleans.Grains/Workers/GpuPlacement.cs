using DiaOrleans.Abstractions.Workers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace DiaOrleans.Grains.Workers;

/// <summary>Places a grain with key <c>silo/gpu</c> on the silo of that name.</summary>
[GenerateSerializer, Immutable, Alias("dia.gpu-placement")]
internal sealed class GpuPlacement : PlacementStrategy;

/// <inheritdoc cref="GpuPlacement" />
[AttributeUsage(AttributeTargets.Class)]
internal sealed class GpuPlacementAttribute() : PlacementAttribute(new GpuPlacement());

internal sealed class GpuPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var silo = WorkerKey.Silo(key);
        var members = membership.CurrentSnapshot.Members;
        foreach (var candidate in context.GetCompatibleSilos(target))
        {
            if (members.TryGetValue(candidate, out var member) && member.Status == SiloStatus.Active && member.Name == silo) return Task.FromResult(candidate);
        }

        throw new OrleansException($"No active silo is named '{silo}': worker '{key}' cannot be reached.");
    }
}

/// <summary>Keys of <see cref="IGpuWorkerGrain"/>.</summary>
internal static class WorkerKey
{
    public static string Of(string silo, int gpu) => $"{silo}/{gpu}";

    public static string Silo(string key) => key.LastIndexOf('/') is var slash and >= 0 ? key[..slash] : key;
}
