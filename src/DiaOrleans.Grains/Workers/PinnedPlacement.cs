using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace DiaOrleans.Grains.Workers;

/// <summary>Places a grain whose key is a <see cref="WorkerKey"/> on the silo that the key names, or nowhere.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("dia.pinned-placement")]
internal sealed class PinnedPlacement : PlacementStrategy;

/// <summary>Marks a grain class for <see cref="PinnedPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PinnedPlacementAttribute() : PlacementAttribute(new PinnedPlacement());

/// <summary>Finds the silo by its name among the active members of the cluster.</summary>
internal sealed class PinnedPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString();
        if (!WorkerKey.TryParse(key, out var worker))
            throw new OrleansException($"'{key}' is not the key of a worker: silo/device is expected.");
        var members = membership.CurrentSnapshot.Members;
        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (!members.TryGetValue(silo, out var member) || member.Status != SiloStatus.Active) continue;
            if (member.Name == worker.Silo) return Task.FromResult(silo);
        }

        throw new OrleansException($"No active silo is named '{worker.Silo}'.");
    }
}
