using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>The membership as a silo knows it, which the test may hold at an old version until the silo reads it again.</summary>
internal sealed class HeldMembership(IClusterMembershipService inner) : IClusterMembershipService
{
    private ClusterMembershipSnapshot? _held;

    public ClusterMembershipSnapshot CurrentSnapshot => _held ?? inner.CurrentSnapshot;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => inner.MembershipUpdates;

    /// <summary>Puts it before the membership of a silo that is configured.</summary>
    public static void Add(IServiceCollection services)
    {
        var known = services.Last(service => service.ServiceType == typeof(IClusterMembershipService));
        services.AddSingleton<IClusterMembershipService>(provider =>
            new HeldMembership((IClusterMembershipService)known.ImplementationFactory!(provider)));
    }

    /// <summary>The silo learns of no change any more.</summary>
    public void Hold() => _held = inner.CurrentSnapshot;

    public async ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken)
    {
        await inner.Refresh(minimumVersion, cancellationToken);
        if (minimumVersion == default || minimumVersion > CurrentSnapshot.Version) _held = null;
    }

    public Task<bool> TryKill(SiloAddress siloAddress) => inner.TryKill(siloAddress);
}
