using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// Accepts jobs in three writes: here, in the job, in the queue. A crash after the first leaves an id without a job, which the next activation drops; one after the
/// second a job that nobody runs, which it queues. The client has heard of neither.
/// </summary>
[GrainType("dia.job-catalog")]
internal sealed partial class JobCatalogGrain(
    [PersistentState("job-catalog", StateStorage.ProviderName)] IPersistentState<JobCatalogState> state,
    TimeProvider time,
    ILogger<JobCatalogGrain> logger) : Grain, IJobCatalogGrain
{
    private const int AskedAtOnce = 64;
    private const int ClearedAtOnce = 32;

    private readonly JobIndex _index = new();
    private CatalogPages _pages = null!;
    private Task _recovered = Task.CompletedTask;

    private IJobQueueGrain Queue => GrainFactory.GetGrain<IJobQueueGrain>(0);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pages = new CatalogPages(state.State, await Task.WhenAll(state.State.Pages.Select(number => Page(number).Read())));
        foreach (var entry in _pages.Jobs) _index.Add(entry);
        // Not awaited: asking thousands of jobs may take longer than an activation may.
        _recovered = AskJobs();
    }

    public async Task<JobAcceptance> Submit(JobSubmission submission)
    {
        if (FindKey(submission.Key) is { } known)
        {
            if (known.Request != submission.Key!.RequestHash) return new JobAcceptance(JobOutcome.KeyReused);
            submission = submission with { Id = known.Job };
            if (Find(known.Job) is null) return new JobAcceptance(JobOutcome.Accepted, known.Job);
        }

        if (Find(submission.Id) is not { } entry)
        {
            if (await Queue.FindRoom() is { } wait) return new JobAcceptance(JobOutcome.Busy, RetryAfter: wait);
            entry = await Enter(submission);
        }

        // Repeated for a known job: its first submission may have broken off here.
        var job = await Ask(submission.Id).Submit(submission);
        _index.Report(job.Id, job.Status, job.CompletedAt);
        if (!job.Status.IsFinal()) await Queue.Enqueue([new QueuedJob(entry.Id, entry.Sequence)]);
        return new JobAcceptance(JobOutcome.Accepted, job.Id);
    }

    public async Task<JobPage> List(SpeechStatus? status, int limit)
    {
        await _recovered;
        Guid[] known = [.. _index.Newest(null, time.GetUtcNow())];
        var jobs = await Task.WhenAll(_index.Newest(status, time.GetUtcNow()).Take(limit).Select(id => Ask(id).Get()));
        foreach (var job in jobs.OfType<Job>()) _index.Report(job.Id, job.Status, job.CompletedAt);
        return new JobPage([.. jobs.OfType<Job>().Where(job => status is null || job.Status == status)], known.Length);
    }

    public async Task<JobCounts> Count()
    {
        await _recovered;
        return _index.Count(time.GetUtcNow());
    }

    public Task Report(Guid jobId, SpeechStatus status, DateTimeOffset? completedAt)
    {
        _index.Report(jobId, status, completedAt);
        return Task.CompletedTask;
    }

    public Task Recover() => _recovered;

    public async Task<JobClearing> ClearSome(DateTimeOffset? endedBy)
    {
        await _recovered;
        var ended = _index.Ended(endedBy, time.GetUtcNow());
        if (ended.Count == 0) return new JobClearing(0, false);
        var some = ended.Take(ClearedAtOnce).ToArray();
        // A crash from here on leaves ids without jobs, which the next activation drops.
        await Task.WhenAll(some.Select(job => Ask(job.Id).Forget()));
        await Store(Drop([.. some.Select(job => job.Id)], IsOld));
        return new JobClearing(some.Count(job => job.Visible), ended.Count > some.Length);
    }

    private IJobCatalogPageGrain Page(long number) => GrainFactory.GetGrain<IJobCatalogPageGrain>(number);

    private IJobGrain Ask(Guid id) => GrainFactory.GetGrain<IJobGrain>(id);

    private CatalogEntry? Find(Guid id) => _pages.Jobs.LastOrDefault(entry => entry.Id == id);

    private KeyEntry? FindKey(JobKey? key) => key is null ? null : _pages.Keys.FirstOrDefault(entry => entry.Key == key.KeyHash && !IsOld(entry));

    private bool IsOld(KeyEntry key) => key.At + JobRetention.Time <= time.GetUtcNow();

    private async Task<CatalogEntry> Enter(JobSubmission submission)
    {
        var pages = _pages.IsNewestFull ? CloseNewest() : [];
        var entry = new CatalogEntry(submission.Id, ++state.State.LastSequence);
        state.State.Jobs.Add(entry);
        if (submission.Key is { } key) state.State.Keys.Add(new KeyEntry(key.KeyHash, key.RequestHash, submission.Id, time.GetUtcNow()));
        await Store(pages);
        _index.Add(entry);
        return entry;
    }

    private async Task AskJobs()
    {
        try
        {
            var unfinished = new List<QueuedJob>();
            foreach (var some in _pages.Jobs.ToArray().Chunk(AskedAtOnce))
            {
                var jobs = await Task.WhenAll(some.Select(entry => Ask(entry.Id).Get()));
                foreach (var (entry, job) in some.Zip(jobs))
                {
                    if (job is null) await DropLost(entry);
                    else _index.Report(job.Id, job.Status, job.CompletedAt);
                    if (job is { } known && !known.Status.IsFinal()) unfinished.Add(new QueuedJob(entry.Id, entry.Sequence));
                }
            }

            if (unfinished.Count == 0) return;
            await Queue.Enqueue(unfinished);
            Log.Recovered(logger, unfinished.Count);
        }
        catch
        {
            // The next call gets an activation that asks again.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>A job that was never stored, or whose keeping is over. The next write of its page makes it known to the store.</summary>
    private async Task DropLost(CatalogEntry entry)
    {
        if (await Ask(entry.Id).Forget()) Drop([entry.Id], key => key.Job == entry.Id);
    }

    private IReadOnlyList<(long Number, JobCatalogPageState Page)> Drop(HashSet<Guid> ids, Func<KeyEntry, bool> keys)
    {
        foreach (var id in ids) _index.Remove(id);
        return _pages.Remove(ids, keys);
    }

    /// <summary>Also where keys that nobody needs any more leave full pages.</summary>
    private IReadOnlyList<(long Number, JobCatalogPageState Page)> CloseNewest() => [.. _pages.Remove(new HashSet<Guid>(), IsOld), _pages.Close()];

    /// <summary>Full pages first: what the catalogue names exists.</summary>
    private async Task Store(IReadOnlyList<(long Number, JobCatalogPageState Page)> pages)
    {
        try
        {
            foreach (var (number, page) in pages) await Page(number).Write(page);
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} unfinished jobs are queued.")]
        public static partial void Recovered(ILogger logger, int count);
    }
}
