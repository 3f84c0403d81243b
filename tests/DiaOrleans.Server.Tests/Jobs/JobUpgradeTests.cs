using System.IO.Compression;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Tests.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>
/// The database file of a server of the release before the job store had shards, which was killed while it ran jobs: 284 jobs, of which 4
/// had completed, one had failed, one was cancelled and two were running; four had idempotency keys. Never replaced: later releases must
/// read it.
/// </summary>
public sealed class JobUpgradeTests : IDisposable
{
    private const int Unfinished = 278;
    private const int LastToken = 7;
    private const int CatalogShards = 16;

    private static readonly DateTimeOffset Killed = new(2026, 11, 29, 17, 44, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Killed);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Jobs_keys_and_their_order_are_there_after_the_first_start_and_after_the_second()
    {
        var database = await Unpack();
        IReadOnlyList<Job> all;
        await using (var silo = await Start(database))
        {
            var service = Service(silo);
            (await service.Count()).ShouldBe(new JobCounts(276, 2, 4, 1, 1));
            var page = await service.List(null, 500);
            page.Total.ShouldBe(284);
            all = page.Jobs;
            all.Count.ShouldBe(284);
            all.Select(job => job.CreatedAt).ShouldBeInOrder(SortDirection.Descending);
            await KeysAreKept(service, all);
        }

        Rows(database, "'job-catalog', 'job-catalog-page', 'job-queue'").ShouldBe(0L);
        await using var next = await Start(database);
        (await Service(next).List(null, 500)).Jobs.Select(job => job.Id).ShouldBe(all.Select(job => job.Id));
        var taker = new JobTaker(next.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(), 0);
        var leases = await next.Grains.GetGrain<IJobQueueGrain>("default/0").Take(taker, 1000);
        leases.Select(lease => lease.JobId)
            .ShouldBe(all.Where(job => !job.Status.IsFinal()).Select(job => job.Id).Reverse());
        leases.Count.ShouldBe(Unfinished);
        leases.ShouldAllBe(lease => lease.Token > LastToken);
        foreach (var lease in leases.Take(5)) await RunsToItsEnd(next, lease);
        (await Service(next).Count()).Completed.ShouldBe(9);
        _time.Advance(TimeSpan.FromMinutes(61));
        for (var shard = 0; shard < CatalogShards; shard++)
        {
            while ((await next.Grains.GetGrain<IJobCatalogGrain>(shard).ClearBatch(_time.GetUtcNow())).More) await Task.Yield();
        }

        Rows(database, "'job'").ShouldBe(Unfinished - 5L);
    }

    [Fact]
    public async Task An_upgrade_that_was_interrupted_is_finished_by_the_next_start()
    {
        var database = await Unpack();
        // A write that fails, as one does when the process is killed before it.
        const string When = "BEFORE UPDATE ON OrleansStorage WHEN OLD.GrainTypeString = 'job-queue'";
        Execute(database, $"CREATE TRIGGER stop {When} BEGIN SELECT RAISE(FAIL, 'stopped by the test'); END");
        var start = Start(database);
        // The start asks again after a pause, twice.
        for (; !start.IsCompleted; await Task.Delay(50, TestContext.Current.CancellationToken)) _time.Advance(TimeSpan.FromSeconds(5));
        await Should.ThrowAsync<Exception>(start);
        Execute(database, "DROP TRIGGER stop");
        await using var silo = await Start(database);
        (await Service(silo).Count()).ShouldBe(new JobCounts(276, 2, 4, 1, 1));
        (await Service(silo).List(null, 500)).Jobs.Count.ShouldBe(284);
    }

    private static async Task KeysAreKept(JobService service, IReadOnlyList<Job> all)
    {
        foreach (var (key, text) in ((string, string)[])[("done-0", "Hello there. 0"), ("wait-1", "Waiting 1.")])
        {
            var job = all.Single(job => job.Request.Text == text);
            (await service.Submit(job.Request, key)).ShouldBe(new JobAcceptance(JobOutcome.Accepted, job.Id));
            (await service.Submit(job.Request with { Text = "other" }, key)).Outcome.ShouldBe(JobOutcome.KeyReused);
        }
    }

    private static async Task RunsToItsEnd(StateSilo silo, JobLease lease)
    {
        var job = silo.Grains.GetGrain<IJobGrain>(lease.JobId);
        (await job.Claim(lease.Token)).Assignment!.Request.Seed.ShouldNotBeNull();
        (await job.Begin(lease.Token, new JobStart("worker_1", "[S1] Hi. [S1]", false))).ShouldBeTrue();
        (await job.Complete(lease.Token, new JobResult($"job_results/{lease.JobId:D}-{lease.Token}.wav", 1))).ShouldBeTrue();
        await silo.Grains.GetGrain<IJobQueueGrain>(lease.Queue).Complete(lease);
    }

    private static JobService Service(StateSilo silo) => silo.Services.GetRequiredService<JobService>();

    private Task<StateSilo> Start(string database) => StateSilo.Start(database, services => services
        .AddSingleton<TimeProvider>(_time)
        .AddSingleton<IBlobStore>(new FolderBlobStore(_folder.Path)));

    private async Task<string> Unpack()
    {
        var database = _folder.File("dia.db");
        await using var packed = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Storage", "jobs-of-release-2.db.gz"));
        await using var unpacking = new GZipStream(packed, CompressionMode.Decompress);
        await using var file = File.Create(database);
        await unpacking.CopyToAsync(file);
        return database;
    }

    private static long Rows(string database, string states)
    {
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM OrleansStorage WHERE PayloadBinary IS NOT NULL AND GrainTypeString IN ({states})";
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
