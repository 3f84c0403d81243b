using System.Diagnostics;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Tests.Proxies;

namespace DiaOrleans.Cluster.Tests.Chaos;

/// <summary>Restarts the silos of a cluster one after the other, while clients send requests to nginx.</summary>
[Trait("Category", LongTests.Category)]
public sealed class RollingRestartTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const int LeastRequests = 300;
    private const int Clients = 3;

    [Fact]
    public async Task No_request_fails_while_every_silo_is_restarted()
    {
        LongTests.Require();
        Assert.SkipWhen(NginxProcess.Program is null, "nginx is not installed");
        using var cluster = await TestCluster.Create(postgres);
        var silos = new List<SiloProcess>();
        foreach (var (name, role) in ((string, string)[])[("api-1", "api"), ("api-2", "api"), ("gpu-1", "gpu"), ("gpu-2", "gpu")])
            silos.Add(await cluster.Start(Settings(cluster, name, role)));
        await Requests.MakeVoice(silos[0], "anna");
        using var nginx = await NginxUpstreams.Start(silos.Take(2).Select(silo => silo.Settings.HttpPort));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        byte[] expected = [];
        await Until.Succeeds(async () =>
        {
            using var answer = await Requests.Speak(client);
            answer.EnsureSuccessStatusCode();
            expected = await answer.Content.ReadAsByteArrayAsync();
        });

        var restarting = RestartAll(cluster, silos);
        var results = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => SendRequests(client, expected, restarting)));
        await restarting;
        var failures = results.SelectMany(result => result.Failures).ToArray();
        output.WriteLine($"{results.Sum(result => result.Count)} requests, {failures.Length} failed");
        failures.ShouldBeEmpty();
    }

    private static SiloSettings Settings(TestCluster cluster, string name, string role) => cluster.Settings(name, role) with
    {
        HttpPort = FreePorts.Fill(0)[0],
        Variables = new Dictionary<string, string> { ["DIA_DRAIN_PAUSE_SECONDS"] = "1" },
    };

    /// <summary>Each silo ends by itself after SIGTERM, and the next one is told to stop when it is ready again.</summary>
    private async Task RestartAll(TestCluster cluster, List<SiloProcess> silos)
    {
        foreach (var silo in silos)
        {
            var clock = Stopwatch.StartNew();
            silo.Signal("TERM");
            await silo.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            silo.Process.ExitCode.ShouldBe(0, silo.Log);
            var ended = clock.Elapsed;
            var next = await cluster.Start(silo.Settings);
            await Until.Succeeds(async () => (await next.Client.GetAsync("/health/ready")).EnsureSuccessStatusCode());
            var name = silo.Settings.Name;
            output.WriteLine($"{name} ended after {ended.TotalSeconds:0.0} s and was ready after {clock.Elapsed.TotalSeconds:0.0} s");
        }
    }

    /// <summary>Sends one request after the other until all silos are restarted and enough requests were sent.</summary>
    private static async Task<(int Count, List<string> Failures)> SendRequests(HttpClient client, byte[] expected, Task restarting)
    {
        var failures = new List<string>();
        var count = 0;
        for (; !restarting.IsCompleted || count < LeastRequests / Clients; count++)
        {
            try
            {
                using var answer = await Requests.Speak(client);
                var body = await answer.Content.ReadAsByteArrayAsync();
                if (!answer.IsSuccessStatusCode) failures.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                else if (!body.AsSpan().SequenceEqual(expected)) failures.Add($"other audio, {body.Length} bytes");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                failures.Add(e.Message);
            }
        }

        return (count, failures);
    }
}
