using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using DiaOrleans.Server.Clustering;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Runtime;

namespace DiaOrleans.Server.Tests.Clustering;

/// <summary>A watch of two pods, whose silos are active, before a stand-in for Kubernetes' API.</summary>
public sealed class PodWatchTests : IAsyncLifetime
{
    private static readonly SiloAddress One = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress Two = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private readonly PodApi _api = new("one", "two");
    private readonly Membership _membership = new();
    private readonly FakeTimeProvider _time = new();
    private SiloPods _pods = null!;
    private PodWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        await _api.Start();
        var names = new ClusterOptions { ServiceId = "dia-orleans", ClusterId = "dia" };
        _pods = new SiloPods(KubernetesClientConfiguration.BuildConfigFromConfigFile(_api.ConfigFile), PodApi.Space, names, _time);
        _watch = new PodWatch(_pods, _membership, new Details(), _time, NullLogger<PodWatch>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(default);
        _watch.Dispose();
        _pods.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_deletion_is_seen_by_the_watch()
    {
        await _watch.StartAsync(default);
        await Until(() => _api.Watches == 1);
        _api.Delete("two");
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task A_deletion_between_the_list_and_the_watch_is_seen()
    {
        var lists = 0;
        _api.Listed = () =>
        {
            if (++lists == 1) _api.Delete("two");
        };
        await _watch.StartAsync(default);
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task A_deletion_while_the_watch_is_broken_is_seen()
    {
        await _watch.StartAsync(default);
        await Until(() => _api.Watches == 1);
        _api.EndWatches();
        await Until(() => _api.Watches == 0);
        _api.Delete("two");
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task A_deletion_that_the_API_has_forgotten_before_the_watch_is_seen()
    {
        var lists = 0;
        _api.Listed = () =>
        {
            if (++lists > 1) return;
            _api.Delete("two");
            _api.Forget();
        };
        await _watch.StartAsync(default);
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task A_deletion_while_the_API_refuses_to_list_is_seen_later()
    {
        _api.MayList = false;
        var refused = new TaskCompletionSource();
        _api.Listed = () => refused.TrySetResult();
        await _watch.StartAsync(default);
        await refused.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _api.Delete("two");
        _api.MayList = true;
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task The_silo_of_a_deleted_pod_is_declared_dead_though_another_pod_has_its_name_at_once()
    {
        await _watch.StartAsync(default);
        await Until(() => _api.Watches == 1);
        _api.Delete("two", replaced: true);
        await ShouldDeclareDead();
    }

    [Fact]
    public async Task The_own_silo_is_not_declared_dead()
    {
        _api.Delete("one");
        _api.Delete("two");
        await _watch.StartAsync(default);
        await ShouldDeclareDead();
        await Until(() => _api.Watches == 1);
        _membership.Killed.TryRead(out _).ShouldBeFalse();
    }

    /// <summary>Waits until the second silo is declared dead, while the time of pauses passes.</summary>
    private async Task ShouldDeclareDead()
    {
        SiloAddress? killed = null;
        await Until(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _membership.Killed.TryRead(out killed);
        });
        killed.ShouldBe(Two);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    private sealed class Membership : IClusterMembershipService
    {
        private readonly Channel<SiloAddress> _killed = Channel.CreateUnbounded<SiloAddress>();

        public ChannelReader<SiloAddress> Killed => _killed.Reader;

        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
            new[] { new ClusterMember(One, SiloStatus.Active, "one"), new ClusterMember(Two, SiloStatus.Active, "two") }
                .ToImmutableDictionary(member => member.SiloAddress),
            new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => Enumerable.Repeat(CurrentSnapshot, 1).ToAsyncEnumerable();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => default;

        public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(_killed.Writer.TryWrite(siloAddress));
    }

    private sealed class Details : ILocalSiloDetails
    {
        public string Name => "one";

        public string ClusterId => "dia";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => One;

        public SiloAddress GatewayAddress => One;
    }
}
