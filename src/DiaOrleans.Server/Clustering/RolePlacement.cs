using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Workers;
using Orleans.Dashboard;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace DiaOrleans.Server.Clustering;

/// <summary>
/// Keeps grains, except those of workers, away from silos of the role gpu, and the dashboard's away from silos that do not show it.
/// </summary>
internal sealed class RolePlacement() : PlacementFilterStrategy(order: 0);

/// <summary>Leaves the silos whose manifests do not exclude the grain.</summary>
internal sealed class RolePlacementDirector(IClusterManifestProvider manifests) : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var known = manifests.Current.Silos;
        var type = target.GrainIdentity.Type;
        return silos.Where(silo =>
            !known.TryGetValue(silo, out var manifest)
            || !manifest.Grains.TryGetValue(type, out var grain)
            || !grain.Properties.ContainsKey(RoleProperties.NotHere));
    }
}

/// <summary>Says in this silo's manifest, which all silos read, where grains may be placed.</summary>
internal sealed class RoleProperties(LocalSiloOptions silo, IServiceProvider services) : IGrainPropertiesProvider
{
    /// <summary>A property of the grains that are not placed on the silo whose manifest has it.</summary>
    public const string NotHere = "dia.not-here";

    private readonly RolePlacement _filter = new();

    /// <inheritdoc/>
    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        var isOurs = grainClass.Assembly == typeof(StateStorage).Assembly;
        var isDashboard = grainClass.Assembly == typeof(DashboardOptions).Assembly;
        // Workers are placed by their keys.
        if ((!isOurs && !isDashboard) || grainClass.IsDefined(typeof(PinnedPlacementAttribute), false)) return;
        _filter.PopulateGrainProperties(services, grainClass, grainType, properties);
        if (isOurs ? !silo.KeepsState : !silo.Dashboard) properties[NotHere] = "true";
    }
}
