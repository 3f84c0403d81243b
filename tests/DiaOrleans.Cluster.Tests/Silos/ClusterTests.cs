using System.Net;

namespace DiaOrleans.Cluster.Tests.Silos;

public sealed class ClusterTests(PostgresServer postgres)
{
    [Fact]
    public async Task Two_silos_share_voices_and_jobs()
    {
        using var cluster = await TestCluster.Create(postgres);
        var one = await cluster.Start("one");
        var two = await cluster.Start("two");
        await Requests.MakeVoice(one, "anna");
        (await two.Client.GetStringAsync("/voices")).ShouldContain("anna");
        foreach (var silo in cluster.Silos)
        {
            await Until.Succeeds(async () => (await Requests.Speak(silo)).StatusCode.ShouldBe(HttpStatusCode.OK));
            var job = await Requests.Submit(silo);
            foreach (var other in cluster.Silos) (await Requests.ListJobs(other)).ShouldContain(job);
            foreach (var other in cluster.Silos)
                await Until.Succeeds(async () => (await Requests.StatusOf(other, job)).ShouldBe("completed"));
            var results = await Task.WhenAll(cluster.Silos.Select(other => other.Client.GetByteArrayAsync($"/jobs/{job}/result")));
            results[1].ShouldBe(results[0]);
        }

        foreach (var silo in cluster.Silos) await Until.Succeeds(async () => (await CountWorkers(silo)).ShouldBe(2));
        one.Kill();
        await Until.Succeeds(async () => (await CountWorkers(two)).ShouldBe(1));
    }

    [Fact]
    public async Task A_name_that_a_living_member_has_is_refused_and_a_dead_ones_is_free_at_once()
    {
        using var cluster = await TestCluster.Create(postgres);
        var first = await cluster.Start("same");
        var (code, log) = await cluster.Launch(cluster.Settings("same") with { Data = first.Settings.Data + "-2" }).WaitForExit();
        code.ShouldBe(1);
        log.ShouldContain($"The cluster dia has a silo named 'same' already. The silo at 127.0.0.1:{first.Settings.Port} has it");
        first.Kill();
        await cluster.Start("same");
    }

    [Fact]
    public async Task The_others_go_on_when_one_of_three_silos_is_killed()
    {
        using var cluster = await TestCluster.Create(postgres);
        var first = await cluster.StartFirst("first");
        SiloProcess[] others = [await cluster.Start("second"), await cluster.Start("third")];
        var job = await Requests.Submit(first);
        first.Kill();
        foreach (var silo in others)
        {
            await Until.Succeeds(async () => (await silo.Client.GetStringAsync("/voices")).ShouldContain("anna"));
            await Until.Succeeds(async () => (await Requests.Speak(silo)).StatusCode.ShouldBe(HttpStatusCode.OK));
            await Until.Succeeds(async () => (await Requests.StatusOf(silo, job)).ShouldBe("completed"));
        }
    }

    private static async Task<int> CountWorkers(SiloProcess silo)
    {
        var stats = await (await silo.Client.GetAsync("/queue/stats")).Json();
        return stats.GetProperty("total_workers").GetInt32();
    }
}
