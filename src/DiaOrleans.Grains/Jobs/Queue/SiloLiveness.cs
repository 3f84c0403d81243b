using Orleans.Runtime;

namespace DiaOrleans.Grains.Jobs.Queue;

/// <summary>Whether a silo can still renew a lease, by the membership of the cluster.</summary>
internal sealed class SiloLiveness(IClusterMembershipService membership)
{
    /// <summary>Version of the membership that this silo knows.</summary>
    public long Version => membership.CurrentSnapshot.Version.Value;

    /// <summary>Reads the membership unless this silo knows at least that version; 0 reads it in any case.</summary>
    public async Task KnowAtLeast(long version)
    {
        if (version > 0 && version <= Version) return;
        await membership.Refresh(version > 0 ? new MembershipVersion(version) : default, CancellationToken.None);
    }

    /// <summary>
    /// Whether the silo is a member that is not dead. A silo address contains the generation of its process: after a restart the old
    /// address is no member, or a dead one. A silo that has taken a lease is known, because the queue has read the membership at least as
    /// new as it knew it.
    /// </summary>
    public bool IsAlive(string silo) =>
        TryParse(silo) is { } address
        && membership.CurrentSnapshot.Members.TryGetValue(address, out var member)
        && member.Status != SiloStatus.Dead;

    private static SiloAddress? TryParse(string silo)
    {
        try
        {
            return SiloAddress.FromParsableString(silo);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
