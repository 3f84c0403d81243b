using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>
/// Silos with the real grains, a fake engine each, a clock that the test sets, and storage that the test may pass to the next cluster.
/// </summary>
internal sealed class GrainCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ConcurrentBag<SpeechSession> _speech = [];

    private GrainCluster(InProcessTestCluster cluster, SharedStorage storage, FakeTimeProvider time, IReadOnlyList<FakeEngine> engines)
    {
        _cluster = cluster;
        Storage = storage;
        Time = time;
        Engines = engines;
    }

    public SharedStorage Storage { get; }

    public FakeTimeProvider Time { get; }

    public IReadOnlyList<FakeEngine> Engines { get; }

    public MemoryBlobs Blobs { get; private init; } = new();

    public FakeEngine Engine => Engines[0];

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public InProcessTestCluster Cluster => _cluster;

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<GrainCluster> Start(
        SharedStorage? storage = null,
        int silos = 1,
        bool loaded = true,
        bool realTime = false,
        MemoryBlobs? blobs = null,
        bool jobs = false,
        TimeSpan? idleLimit = null,
        IReadOnlyList<string>? devices = null,
        IReadOnlyList<ISpeechEngineFactory>? factories = null,
        bool reminders = false,
        Action<IServiceCollection>? configure = null)
    {
        storage ??= new SharedStorage();
        blobs ??= new MemoryBlobs();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var engines = Enumerable.Range(0, silos).Select(_ => new FakeEngine()).ToArray();
        var next = -1;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(realTime ? TimeProvider.System : time);
            silo.Services.AddKeyedSingleton<IGrainStorage>(StateStorage.ProviderName, storage);
            silo.Services.AddSingleton<IBlobStore>(blobs);
            var unread = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
            silo.Services.AddSingleton(new UnreadAudio(new SpeechOptions(), unread));
            configure?.Invoke(silo.Services);
            silo.AddDiaGrains();
            // Orleans waits for reminders in a loop that does not end if a clock that stands still lacks less than a millisecond.
            if (reminders) silo.UseInMemoryReminderService();
            var idleMinutes = idleLimit?.TotalMinutes ?? 0;
            silo.Services.AddSingleton(new EngineHostOptions { IdleUnloadMinutes = idleMinutes });
            silo.Services.AddSpeechEngine<FakeEngine>(devices ?? ["cpu"]);
            silo.Services.AddSingleton((factories ?? engines)[Interlocked.Increment(ref next) % silos]);
            if (jobs) silo.Services.AddJobRunner();
        });
        var cluster = new GrainCluster(builder.Build(), storage, time, engines) { Blobs = blobs };
        await cluster._cluster.DeployAsync();
        if (loaded) await cluster.FinishLoading();
        return cluster;
    }

    public async Task FinishLoading()
    {
        foreach (var engine in Engines) engine.FinishLoading();
        await Until(async () => (await Workers()).Count(worker => worker.State == WorkerState.Ready) == Engines.Count);
    }

    /// <summary>The engine of a silo.</summary>
    public FakeEngine EngineOf(InProcessSiloHandle silo) =>
        (FakeEngine)silo.ServiceProvider.GetRequiredService<ISpeechEngineFactory>();

    /// <summary>Waits until a silo knows so many ready workers.</summary>
    public Task Know(InProcessSiloHandle silo, int workers)
    {
        var roster = silo.ServiceProvider.GetRequiredService<WorkerRosterCopy>();
        return Until(() => Task.FromResult(roster.Workers.Count(worker => worker.State == WorkerState.Ready) == workers));
    }

    public Task<IReadOnlyList<WorkerStatus>> Workers() => Grains.GetGrain<IWorkerDirectoryGrain>(0).List();

    /// <summary>A new request of a client of a silo, the first one by default.</summary>
    public SpeechSession Speech(InProcessSiloHandle? silo = null)
    {
        var speech = (silo ?? Silos[0]).ServiceProvider.GetRequiredService<SpeechSessions>().Create();
        _speech.Add(speech);
        return speech;
    }

    public IVoiceGrain Voice(string id) => Grains.GetGrain<IVoiceGrain>(id);

    public IVoiceCatalogGrain Catalog => Grains.GetGrain<IVoiceCatalogGrain>(0);

    public static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition()) await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in Engines) engine.StopAll();
        // As a server does: connections end before the silo stops.
        foreach (var speech in _speech) await speech.DisposeAsync();
        var stopping = _cluster.DisposeAsync().AsTask();
        while (!stopping.IsCompleted)
        {
            // A drain waits a moment for readers of work that a test has left.
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopping, Task.Delay(20));
        }

        await stopping;
    }
}
