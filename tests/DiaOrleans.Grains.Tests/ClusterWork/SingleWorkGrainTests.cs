using DiaOrleans.Grains.ClusterWork;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.ClusterWork;

public sealed class SingleWorkGrainTests
{
    [Fact]
    public async Task One_silo_does_the_work_and_the_next_one_if_it_failed_or_died()
    {
        await using var cluster = await GrainCluster.Start(silos: 2, loaded: false);
        string[] silos = [.. cluster.Silos.Select(silo => silo.SiloAddress.ToParsableString())];
        var work = cluster.Grains.GetGrain<ISingleWorkGrain>("work");
        (await work.Take(silos[0])).ShouldBeTrue();
        (await work.Take(silos[1])).ShouldBeFalse();
        (await work.Take(silos[0])).ShouldBeTrue("It asks again after an answer that was lost.");
        await work.End(succeeded: false);
        (await work.Take("127.0.0.1:1@1")).ShouldBeTrue();
        (await work.Take(silos[1])).ShouldBeTrue("127.0.0.1:1@1 is no member.");
        await work.End(succeeded: true);
        (await work.Take(silos[0])).ShouldBeFalse();
        (await cluster.Grains.GetGrain<ISingleWorkGrain>("other").Take(silos[0])).ShouldBeTrue();
    }
}
