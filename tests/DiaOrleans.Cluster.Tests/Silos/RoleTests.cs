using System.Net;
using System.Text.Json;

namespace DiaOrleans.Cluster.Tests.Silos;

public sealed class RoleTests(PostgresServer postgres)
{
    /// <summary>The one grain of ours that a silo of the role gpu has.</summary>
    private const string Worker = "GpuWorkerGrain";

    [Fact]
    public async Task A_gpu_silo_runs_engines_only_and_waits_for_an_api_silo_which_loads_no_model()
    {
        using var cluster = await TestCluster.Create(postgres);
        var gpu = await cluster.Start("gpu", "gpu");
        foreach (var path in (string[])["/voices", "/", "/v1/models", "/docs"])
        {
            var answer = await gpu.Client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await answer.Detail()).ShouldContain("send requests to a silo of the role api or all");
        }

        var settings = cluster.Settings("api", "api");
        var api = await cluster.Start(settings with { Variables = new Dictionary<string, string> { ["DIA_DASHBOARD"] = "on" } });
        await Requests.MakeVoice(api, "anna");
        var job = await Requests.Submit(api);
        await Until.Succeeds(async () => (await Requests.Speak(api)).StatusCode.ShouldBe(HttpStatusCode.OK));
        await Until.Succeeds(async () => (await Requests.StatusOf(api, job)).ShouldBe("completed"));
        (await api.Client.GetAsync($"/jobs/{job}/result")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await gpu.Client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await gpu.Client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.OK);
        api.Log.ShouldNotContain("is being loaded");

        var placed = await FindPlaces(api);
        placed.Where(place => place.Port == gpu.Settings.Port).Select(place => place.Grain).ShouldBe([Worker]);
        placed.Where(place => place.Port == settings.Port).Select(place => place.Grain).ShouldNotContain(Worker);
        placed.ShouldContain(place => place.Grain == "JobQueueGrain");
    }

    /// <summary>Grains of ours that the dashboard shows, with the ports of their silos.</summary>
    private static async Task<(string Grain, int Port)[]> FindPlaces(SiloProcess silo)
    {
        (string, int)[] places = [];
        await Until.Succeeds(async () =>
        {
            using var counters = JsonDocument.Parse(await silo.Client.GetStringAsync("/dashboard/DashboardCounters"));
            places =
            [
                .. from grain in counters.RootElement.GetProperty("simpleGrainStats").EnumerateArray()
                   let type = grain.GetProperty("grainType").GetString()!
                   where type.StartsWith("DiaOrleans.", StringComparison.Ordinal)
                   select (type.Split(',')[0].Split('.')[^1], int.Parse(grain.GetProperty("siloAddress").GetString()!.Split(':', '@')[1])),
            ];
            places.ShouldNotBeEmpty();
        });
        return places;
    }
}
