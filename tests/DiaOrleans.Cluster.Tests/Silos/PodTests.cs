using DiaOrleans.Server.Tests.Clustering;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>Silos that are pods, before a part of Kubernetes' API.</summary>
public sealed class PodTests(PostgresServer postgres)
{
    private const int Active = 3;
    private const int Dead = 6;

    [Fact]
    public async Task A_silo_whose_pod_is_deleted_is_declared_dead_though_it_answers()
    {
        using var cluster = await TestCluster.Create(postgres);
        await using var api = new PodApi("one", "two");
        await api.Start();
        var one = await cluster.Start(InPod(api, cluster.Settings("one")));
        await cluster.Start(InPod(api, cluster.Settings("two")));
        (await StatusOf(cluster, "two")).ShouldBe(Active);
        api.Delete("two");
        await Until.Succeeds(async () => (await StatusOf(cluster, "two")).ShouldBe(Dead));
        (await StatusOf(cluster, "one")).ShouldBe(Active, one.Log);
    }

    [Fact]
    public async Task A_silo_that_is_no_pod_of_the_cluster_is_declared_dead()
    {
        using var cluster = await TestCluster.Create(postgres);
        await using var api = new PodApi("one");
        await api.Start();
        await cluster.Start("outside");
        await cluster.Start(InPod(api, cluster.Settings("one")));
        await Until.Succeeds(async () => (await StatusOf(cluster, "outside")).ShouldBe(Dead));
    }

    [Fact]
    public async Task A_pod_without_the_right_to_list_pods_does_not_start()
    {
        using var cluster = await TestCluster.Create(postgres);
        await using var api = new PodApi("one") { MayList = false };
        await api.Start();
        var (code, log) = await cluster.Launch(InPod(api, cluster.Settings("one"))).WaitForExit();
        code.ShouldBe(1, log);
        log.ShouldContain("may not get, list and watch the pods of the namespace dia");
    }

    [Fact]
    public async Task A_pod_with_the_label_of_another_cluster_does_not_start()
    {
        using var cluster = await TestCluster.Create(postgres);
        await using var api = new PodApi("one") { Cluster = "another" };
        await api.Start();
        var (code, log) = await cluster.Launch(InPod(api, cluster.Settings("one"))).WaitForExit();
        code.ShouldBe(1, log);
        log.ShouldContain("The label orleans/clusterId of the pod is not 'dia'");
    }

    private static SiloSettings InPod(PodApi api, SiloSettings settings) => settings with
    {
        Variables = new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
            ["KUBECONFIG"] = api.ConfigFile,
            ["POD_NAME"] = settings.Name,
            ["POD_NAMESPACE"] = PodApi.Space,
        },
    };

    private static async Task<int> StatusOf(TestCluster cluster, string name)
    {
        await using var database = NpgsqlDataSource.Create(cluster.Database);
        await using var command = database.CreateCommand("SELECT Status FROM OrleansMembershipTable WHERE SiloName = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
