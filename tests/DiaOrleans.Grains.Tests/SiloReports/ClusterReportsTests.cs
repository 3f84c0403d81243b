using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.SiloReports;

public sealed class ClusterReportsTests
{
    private readonly Dictionary<string, Reporter> _reporters = [];

    [Fact]
    public async Task Read_FromAnySilo_HasTheReportsOfAll()
    {
        await using var cluster = await Start();
        foreach (var silo in cluster.Silos)
        {
            var reports = await Reports(silo.ServiceProvider).Read(TimeSpan.FromMinutes(1));
            reports.Select(report => report.Silo).ShouldBe(_reporters.Keys.Order(StringComparer.Ordinal));
            reports.ShouldAllBe(report => report.IsFresh);
            foreach (var report in reports) report.Workers.ShouldHaveSingleItem().Key.ShouldBe($"{report.Silo}/0");
            reports.SelectMany(report => report.Gpus).ShouldAllBe(gpu => gpu == new GpuReport(3, 1, 2, null));
        }
    }

    [Fact]
    public async Task Read_ASiloThatDoesNotAnswer_ShowsItsLastReportAtTheLimitAndIsAskedOnce()
    {
        await using var cluster = await Start();
        var reader = Reports(cluster.Silos[0].ServiceProvider);
        await reader.Read(TimeSpan.FromMinutes(1));
        var silent = _reporters[cluster.Silos[1].Name];
        var gate = new TaskCompletionSource();
        silent.Gate = gate.Task;
        var calls = silent.Calls;
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var reading = reader.Read();
            await GrainCluster.Until(() => Task.FromResult(silent.Calls == calls + 1));
            reading.IsCompleted.ShouldBeFalse();
            cluster.Time.Advance(ClusterReports.Limit);
            var reports = await reading.WaitAsync(TimeSpan.FromSeconds(30));
            reports.Single(report => report.Silo == silent.Name).IsFresh.ShouldBeFalse();
            reports.Single(report => report.Silo == silent.Name).Workers.Count.ShouldBe(1);
            reports.Single(report => report.Silo != silent.Name).IsFresh.ShouldBeTrue();
        }

        silent.Calls.ShouldBe(calls + 1);
        gate.SetResult();
        await GrainCluster.Until(async () =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return (await reader.Read()).All(report => report.IsFresh);
        });
    }

    [Fact]
    public async Task Read_ManyReadersWithinASecond_OneCall()
    {
        await using var cluster = await Start();
        var reader = Reports(cluster.Silos[0].ServiceProvider);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => reader.Read(TimeSpan.FromMinutes(1))));
        _reporters[cluster.Silos[1].Name].Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Read_ASiloThatHasLeft_IsNotShown()
    {
        await using var cluster = await Start();
        var reader = Reports(cluster.Silos[0].ServiceProvider);
        (await reader.Read(TimeSpan.FromMinutes(1))).Count.ShouldBe(2);
        await cluster.Cluster.StopSiloAsync(cluster.Silos[1]);
        await GrainCluster.Until(async () => (await reader.Read(TimeSpan.Zero)).Count == 1);
    }

    private static ClusterReports Reports(IServiceProvider services) => services.GetRequiredService<ClusterReports>();

    private Task<GrainCluster> Start() => GrainCluster.Start(silos: 2, configure: services => services
        .AddSiloReports()
        .AddSingleton<ISiloReporter>(provider =>
        {
            var reporter = new Reporter(provider.GetRequiredService<ILocalSiloDetails>().Name, provider.GetRequiredService<LocalWorkers>());
            lock (_reporters) return _reporters[reporter.Name] = reporter;
        }));

    private sealed class Reporter(string name, LocalWorkers workers) : ISiloReporter
    {
        private int _calls;

        public string Name => name;

        public int Calls => Volatile.Read(ref _calls);

        public Task Gate { get; set; } = Task.CompletedTask;

        public async ValueTask<SiloReport> Report()
        {
            Interlocked.Increment(ref _calls);
            await Gate;
            return new SiloReport
            {
                Silo = name,
                Gpus = [new GpuReport(3, 1, 2)],
                Workers = [.. workers.All.Select(worker => worker.Status)],
            };
        }
    }
}
