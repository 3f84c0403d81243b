using System.Net;
using DiaOrleans.Cluster.Tests.ClusterRecord;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>Silos of one cluster whose workers do not sound the same.</summary>
[Trait("Category", LongTests.Category)]
public sealed class PoolTests(PostgresServer postgres)
{
    private const string Fp32 = "dia-nano/fp32/cpu";
    private const string Int8 = "dia-nano/int8/cpu";

    [Fact]
    public async Task One_pool_speaks_through_every_silo_until_the_setting_names_another_one()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        SiloProcess[] silos =
        [
            await cluster.Start(Settings(cluster, "one", "fp32")),
            await cluster.Start(Settings(cluster, "two", "int8")),
        ];
        await Requests.MakeVoice(silos[0], "anna");
        foreach (var silo in silos)
            await Until.Succeeds(async () => (await silo.Client.GetAsync("/health/ready")).EnsureSuccessStatusCode());
        byte[] first = [];
        await Until.Succeeds(async () => first = await SpeakEverywhere(silos));
        foreach (var silo in silos)
        {
            silo.Log.Split('\n').Count(line => line.Contains("The cluster has the pools", StringComparison.Ordinal)).ShouldBe(1);
            silo.Log.ShouldContain($"./run.sh cluster set DefaultPool={Fp32}");
        }

        // A silo that has just started knows the other pool with its first request.
        var third = await cluster.Start(Settings(cluster, "three", "int8"));
        using var answer = await Requests.Speak(third);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(first);
        third.Kill();
        (await ClusterCommand.Run(cluster, "set", $"DefaultPool={Int8}")).Code.ShouldBe(0);
        await Until.Succeeds(async () => (await SpeakEverywhere(silos)).ShouldNotBe(first));

        silos[1].Kill();
        await Until.Succeeds(async () => (await Requests.Speak(silos[0])).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable));
        var job = await Requests.Submit(silos[0]);
        var back = await cluster.Start(silos[1].Settings);
        await Until.Succeeds(async () => (await Requests.StatusOf(silos[0], job)).ShouldBe("completed"));
        (await silos[0].Client.GetByteArrayAsync($"/jobs/{job}/result")).ShouldBe(await SpeakEverywhere([silos[0], back]));
    }

    private static SiloSettings Settings(TestCluster cluster, string name, string precision) =>
        cluster.Settings(name) with { Variables = new Dictionary<string, string> { ["DIA_PRECISION"] = precision } };

    /// <summary>The bytes of a request, which are the same through all silos and as a job.</summary>
    private static async Task<byte[]> SpeakEverywhere(SiloProcess[] silos)
    {
        byte[]? bytes = null;
        foreach (var silo in silos)
        {
            using var answer = await Requests.Speak(silo);
            answer.EnsureSuccessStatusCode();
            var spoken = await answer.Content.ReadAsByteArrayAsync();
            spoken.ShouldBe(bytes ??= spoken);
            var job = await Requests.Submit(silo);
            await Until.Succeeds(async () => (await Requests.StatusOf(silo, job)).ShouldBe("completed"));
            (await silo.Client.GetByteArrayAsync($"/jobs/{job}/result")).ShouldBe(bytes);
        }

        return bytes!;
    }
}
