using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.State;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Orleans.Storage;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>A silo with the real grains and SQLite, without an engine and without HTTP.</summary>
internal sealed class JobBenchSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private JobBenchSilo(IHost host) => _host = host;

    public IGrainFactory Grains => Get<IGrainFactory>();

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(StateStorage.ProviderName);

    public IBlobStore Blobs => Get<IBlobStore>();

    public JobService Jobs => Get<JobService>();

    public IJobQueueGrain Queue => Grains.GetGrain<IJobQueueGrain>("default/0");

    /// <summary>This silo as a runner of jobs.</summary>
    public JobTaker Taker => new(
        Get<ILocalSiloDetails>().SiloAddress.ToParsableString(),
        Get<IClusterMembershipService>().CurrentSnapshot.Version.Value);

    /// <summary>Starts a silo that refuses no job and removes none.</summary>
    /// <param name="database">Path of the database file, which is made if it is missing; results are stored beside it.</param>
    public static async Task<JobBenchSilo> Start(string database)
    {
        SqliteDatabase.Prepare(database);
        var ports = FreePorts.Fill(0, 0);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IBlobStore>(new FolderBlobStore(Path.GetDirectoryName(database)!));
        builder.Services.AddSingleton(new JobOptions { MaxPendingJobs = int.MaxValue, MaxKeptJobs = int.MaxValue });
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1], serviceId: "dia-orleans", clusterId: "bench")
            .AddDiaGrains()
            .AddSqliteState(database));
        var host = builder.Build();
        await host.StartAsync();
        return new JobBenchSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();
}
