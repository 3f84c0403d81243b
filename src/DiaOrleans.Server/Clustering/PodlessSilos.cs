using System.Net;
using k8s.Models;
using Orleans.Runtime;

namespace DiaOrleans.Server.Clustering;

/// <summary>Which silos of a cluster have lost their pods, and which silos look for them.</summary>
internal static class PodlessSilos
{
    /// <summary>Two, so that one of them can lose its own pod.</summary>
    private const int Watchers = 2;

    /// <summary>Whether a silo is to watch the pods: the first ones that are active do.</summary>
    public static bool IsWatcher(ClusterMembershipSnapshot members, SiloAddress silo) => members.Members.Values
        .Where(member => member.Status == SiloStatus.Active)
        .Select(member => member.SiloAddress)
        .Order()
        .Take(Watchers)
        .Contains(silo);

    /// <summary>
    /// Members that are not dead and have no pod. A silo has the name of its pod. The pod of a StatefulSet gives its name to the next one,
    /// which may have it before the deletion is known; then the address tells them apart.
    /// </summary>
    /// <param name="members">The members as they were before the pods were listed: a pod is there before its silo.</param>
    /// <param name="pods">The pods of the cluster.</param>
    /// <param name="deleted">A pod that was deleted lately; null if none is known.</param>
    public static IEnumerable<SiloAddress> Find(ClusterMembershipSnapshot members, IList<V1Pod> pods, V1Pod? deleted) =>
        from member in members.Members.Values
        where member.Status != SiloStatus.Dead
        let named = pods.FirstOrDefault(pod => pod.Metadata.Name == member.Name)
        where named is null || (deleted?.Metadata.Name == member.Name && Has(deleted, member) && !Has(named, member))
        select member.SiloAddress;

    private static bool Has(V1Pod pod, ClusterMember member) => pod.Status?.PodIPs is { } addresses && addresses
        .Any(own => IPAddress.TryParse(own.Ip, out var address) && address.Equals(member.SiloAddress.Endpoint.Address));
}
