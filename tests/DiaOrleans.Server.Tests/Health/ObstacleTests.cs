using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Server.Health;
using DiaOrleans.Server.Lifetime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Server.Tests.Health;

/// <summary>What makes a server not ready, on a membership, workers and a clock that the test sets.</summary>
public sealed class ObstacleTests : IDisposable
{
    private static readonly SiloAddress Silo = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly DiaMetrics _metrics;
    private WorkerStatus[] _workers = [];
    private bool _canChoose = true;

    public ObstacleTests() => _metrics = new DiaMetrics(_services.GetRequiredService<IMeterFactory>());

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(SiloStatus.Created, "starting")]
    [InlineData(SiloStatus.Joining, "starting")]
    [InlineData(SiloStatus.Active, null)]
    [InlineData(SiloStatus.ShuttingDown, "not a member of the cluster")]
    [InlineData(SiloStatus.Stopping, "not a member of the cluster")]
    [InlineData(SiloStatus.Dead, "not a member of the cluster")]
    public async Task FindObstacle_OwnStatus_MustBeActive(SiloStatus status, string? expected) =>
        (await Create(status).FindObstacle()).ShouldBe(expected);

    [Theory]
    [InlineData(null)]
    [InlineData(null, WorkerState.Ready)]
    [InlineData(null, WorkerState.Asleep)]
    [InlineData(null, WorkerState.Failed, WorkerState.Ready)]
    [InlineData("starting", WorkerState.Loading)]
    [InlineData("starting", WorkerState.Failed, WorkerState.Loading)]
    [InlineData("no model", WorkerState.Failed, WorkerState.Failed)]
    public async Task FindObstacle_EngineOfASiloThatHasOne_OneMustBeReadyOrAsleep(string? expected, params WorkerState[] states)
    {
        _workers = [.. states.Select(Worker)];
        (await Create().FindObstacle()).ShouldBe(expected);
    }

    [Fact]
    public async Task FindObstacle_TheWorkersOfTheClusterAreNotKnown_IsStarting()
    {
        _canChoose = false;
        (await Create().FindObstacle()).ShouldBe("starting");
        (await Create(SiloStatus.Dead).FindObstacle()).ShouldBe("not a member of the cluster");
    }

    [Fact]
    public async Task FindObstacle_WorkWithoutSteps_AfterHalfAMinute()
    {
        var readiness = Create();
        _workers = [Worker(WorkerState.Ready) with { Active = 1 }];
        (await readiness.FindObstacle()).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(29));
        _metrics.StepCompleted(1, TimeSpan.FromSeconds(1));
        (await readiness.FindObstacle()).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(29));
        (await readiness.FindObstacle()).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(2));
        (await readiness.FindObstacle()).ShouldBe("the engine has made no step for 31 s");
        _workers = [Worker(WorkerState.Ready)];
        (await readiness.FindObstacle()).ShouldBeNull();
    }

    private static WorkerStatus Worker(WorkerState state) => new() { Key = "silo/0", State = state };

    private Readiness Create(SiloStatus status = SiloStatus.Active)
    {
        var stop = new StopSignal(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        var storage = new StorageProbe(new EmptyStorage(), _time);
        return new Readiness(stop, new Membership(status), new Details(), () => _workers, () => _canChoose, storage, _metrics, _time);
    }

    private sealed class Membership(SiloStatus status) : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Silo, new ClusterMember(Silo, status, "silo")),
            new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }

    private sealed class Details : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => Silo;

        public SiloAddress GatewayAddress => Silo;
    }

    private sealed class EmptyStorage : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }
}
