using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Upgrade;

/// <summary>Moves the jobs that releases before the shards have stored. One grain for the cluster, key 0.</summary>
[Alias("dia.job-upgrade")]
internal interface IJobUpgradeGrain : IGrainWithIntegerKey
{
    /// <summary>Moves what is there, once; returns at once if there is nothing. Each step can be repeated after a crash.</summary>
    [Alias("run"), ResponseTimeout("01:00:00")]
    Task Run();
}

/// <summary>
/// Reads the catalogue and the queue of that form. Unfinished jobs enter the queue in their order, ended ones the catalogue, keys their
/// shards; then the old rows are removed, the one that lists the others last.
/// </summary>
[GrainType("dia.job-upgrade")]
internal sealed partial class JobUpgradeGrain(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    EndedJobRows rows,
    TimeProvider time,
    ILogger<JobUpgradeGrain> logger) : Grain, IJobUpgradeGrain
{
    private const int BatchSize = 64;

    public async Task Run()
    {
        var catalog = Row<StoredCatalog>(StoredCatalog.Name, 0);
        var queue = Row<StoredQueue>(StoredQueue.Name, 0);
        await Task.WhenAll(catalog.Read(), queue.Read());
        var pages = catalog.State.Pages
            .Select(number => Row<StoredCatalogPage>(StoredCatalogPage.Name, number))
            .ToArray();
        await Task.WhenAll(pages.Select(page => page.Read()));
        var ids = pages.SelectMany(page => page.State.Jobs)
            .Concat(catalog.State.Jobs)
            .Concat(queue.State.Entries.Select(entry => new CatalogEntry(entry.Id, entry.Sequence)))
            .OrderBy(entry => entry.Sequence)
            .Select(entry => entry.Id)
            .Distinct()
            .ToArray();
        if (ids.Length > 0) await MoveJobs(ids, queue.State.LastToken);
        var keys = pages.SelectMany(page => page.State.Keys).Concat(catalog.State.Keys).ToArray();
        foreach (var key in keys.Where(key => !JobRetention.IsExpired(key.At, time.GetUtcNow()))) await MoveKey(key);
        foreach (var page in pages) await page.Clear();
        await queue.Clear();
        await catalog.Clear();
        if (ids.Length > 0) Log.Moved(logger, ids.Length, keys.Length);
    }

    private StoredRow<T> Row<T>(string name, long key) where T : class, new() =>
        new(storage, name, GrainId.Create(GrainType.Create($"dia.{name}"), GrainIdKeyExtensions.CreateIntegerKey(key)));

    private async Task MoveJobs(IReadOnlyList<Guid> ids, long lastToken)
    {
        var queue = GrainFactory.GetGrain<IJobQueueGrain>(JobShards.QueueKey(0));
        foreach (var some in ids.Chunk(BatchSize))
        {
            var jobs = await Task.WhenAll(some.Select(id => GrainFactory.GetGrain<IJobGrain>(id).Get()));
            await queue.Import([.. jobs.OfType<Job>().Where(job => !job.Status.IsFinal()).Select(ToQueued)]);
            await Task.WhenAll(jobs.OfType<Job>().Where(job => job.Status.IsFinal()).Select(Add));
            // An id without a job was entered before a crash, or its retention time is over.
            await rows.Delete(some.Zip(jobs).Where(pair => pair.Second is null).Select(pair => pair.First));
        }

        QueuedJob ToQueued(Job job) => new(job.Id, job.CreatedAt.UtcTicks, lastToken, job.Status == SpeechStatus.Processing);

        Task Add(Job job) =>
            GrainFactory.JobCatalog(job.Id).Add(new EndedJob(job.Id, job.CreatedAt.UtcTicks, job.Status, job.CompletedAt!.Value));
    }

    /// <summary>The key's request is hashed anew; that of a job that is gone is not known.</summary>
    private async Task MoveKey(KeyEntry key)
    {
        var job = await GrainFactory.GetGrain<IJobGrain>(key.Job).Get();
        var request = job is null ? null : RequestHash.Compute(job.Request);
        await GrainFactory.JobKeys(key.Key).Reserve(new KeyedJob(key.Key, request, key.Job, key.At));
    }

    private static partial class Log
    {
        [LoggerMessage(202, LogLevel.Information, "{Jobs} jobs and {Keys} idempotency keys of an earlier release were moved.")]
        public static partial void Moved(ILogger logger, int jobs, int keys);
    }
}
