using System.Collections.Immutable;
using System.Net;
using DiaOrleans.Server.Clustering;
using k8s.Models;
using Orleans.Runtime;

namespace DiaOrleans.Server.Tests.Clustering;

public sealed class PodlessSilosTests
{
    [Fact]
    public void IsWatcher_IsTrueForTheFirstTwoThatAreActive()
    {
        var members = Members(
            Member("a", SiloStatus.Dead, 1), Member("b", SiloStatus.Joining, 2), Member("c", address: 5),
            Member("d", address: 3), Member("e", SiloStatus.ShuttingDown, 4), Member("f", address: 6));
        Named(members, silo => PodlessSilos.IsWatcher(members, silo)).ShouldBe(["c", "d"], ignoreOrder: true);
    }

    [Fact]
    public void Find_HasMembersWithoutAPodThatAreNotDead()
    {
        var members = Members(
            Member("own"), Member("gone", address: 2), Member("dead", SiloStatus.Dead, 3), Member("stopping", SiloStatus.ShuttingDown, 4));
        Find(members, [Pod("own", 1)]).ShouldBe(["gone", "stopping"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(1, null, true)]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 3, false)]
    [InlineData(null, null, false)]
    public void Find_APodWithTheNameOfADeletedOne_IsNotThatOfASiloAtTheAddressOfTheDeletedOne(int? deleted, int? next, bool isFound) =>
        Find(Members(Member("gpu-0", address: 1)), [Pod("gpu-0", next)], Pod("gpu-0", deleted)).Any().ShouldBe(isFound);

    [Fact]
    public void Find_ADeletionOfAnotherPod_ChangesNothing() =>
        Find(Members(Member("gpu-0", address: 1)), [Pod("gpu-0", null)], Pod("gpu-1", 1)).ShouldBeEmpty();

    private static IEnumerable<string> Find(ClusterMembershipSnapshot members, IList<V1Pod> pods, V1Pod? deleted = null) =>
        Named(members, PodlessSilos.Find(members, pods, deleted).Contains);

    private static IEnumerable<string> Named(ClusterMembershipSnapshot members, Func<SiloAddress, bool> condition) =>
        members.Members.Values.Where(member => condition(member.SiloAddress)).Select(member => member.Name);

    private static V1Pod Pod(string name, int? address) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Status = address is null ? null : new V1PodStatus { PodIPs = [new V1PodIP { Ip = $"10.0.0.{address}" }] },
    };

    private static ClusterMember Member(string name, SiloStatus status = SiloStatus.Active, int address = 1) =>
        new(SiloAddress.New(IPAddress.Parse($"10.0.0.{address}"), 11111, 1), status, name);

    private static ClusterMembershipSnapshot Members(params ClusterMember[] members) =>
        new(members.ToImmutableDictionary(member => member.SiloAddress), new MembershipVersion(1));
}
