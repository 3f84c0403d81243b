using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.State;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs;

/// <summary>
/// Accepts a job in three writes: in the catalogue, in the job, in the queue. A crash after the first leaves an id without a job, which
/// the next activation removes; a crash after the second leaves a job that is not queued, which the next activation queues. In neither
/// case has the client received an answer.
/// </summary>
[GrainType("dia.job-catalog")]
internal sealed partial class JobCatalogGrain(
    [PersistentState("job-catalog", StateStorage.ProviderName)] IPersistentState<JobCatalogState> state,
    TimeProvider time,
    ILogger<JobCatalogGrain> logger) : Grain, IJobCatalogGrain
{
    private const int ReadBatch = 64;
    private const int ClearBatchSize = 32;

    private readonly JobIndex _index = new();
    private JobCatalogPages _pages = null!;
    private Task _recovered = Task.CompletedTask;

    private IJobQueueGrain Queue => GrainFactory.GetGrain<IJobQueueGrain>(0);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pages = new JobCatalogPages(state.State, await Task.WhenAll(state.State.Pages.Select(number => PageGrain(number).Read())));
        foreach (var entry in _pages.Jobs) _index.Add(entry);
        // Not awaited: with thousands of jobs it can take longer than the time limit of an activation.
        _recovered = ReadJobs();
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
            if (await Queue.CheckCapacity() is { } wait) return new JobAcceptance(JobOutcome.Busy, RetryAfter: wait);
            entry = await Enter(submission);
        }

        // A job that is in the catalogue is submitted again too: its first submission may have failed after the catalogue was written.
        var job = await JobGrain(submission.Id).Submit(submission);
        _index.Report(job.Id, job.Status, job.CompletedAt);
        if (!job.Status.IsFinal()) await Queue.Enqueue([new QueuedJob(entry.Id, entry.Sequence)]);
        return new JobAcceptance(JobOutcome.Accepted, job.Id);
    }

    public async Task<JobPage> List(SpeechStatus? status, int limit)
    {
        await _recovered;
        var total = _index.Newest(null, time.GetUtcNow()).Count();
        var jobs = await Task.WhenAll(_index.Newest(status, time.GetUtcNow()).Take(limit).Select(id => JobGrain(id).Get()));
        foreach (var job in jobs.OfType<Job>()) _index.Report(job.Id, job.Status, job.CompletedAt);
        return new JobPage([.. jobs.OfType<Job>().Where(job => status is null || job.Status == status)], total);
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

    public async Task<ClearedJobs> ClearBatch(DateTimeOffset? endedBy)
    {
        await _recovered;
        var ended = _index.Ended(endedBy, time.GetUtcNow());
        if (ended.Count == 0) return new ClearedJobs(0, false);
        var batch = ended.Take(ClearBatchSize).ToArray();
        // A crash after this line leaves ids without jobs, which the next activation removes.
        await Task.WhenAll(batch.Select(job => JobGrain(job.Id).Delete()));
        await Store(Remove([.. batch.Select(job => job.Id)], IsExpired));
        return new ClearedJobs(batch.Count(job => job.Visible), ended.Count > batch.Length);
    }

    private IJobCatalogPageGrain PageGrain(long number) => GrainFactory.GetGrain<IJobCatalogPageGrain>(number);

    private IJobGrain JobGrain(Guid id) => GrainFactory.GetGrain<IJobGrain>(id);

    private CatalogEntry? Find(Guid id) => _pages.Jobs.LastOrDefault(entry => entry.Id == id);

    private KeyEntry? FindKey(JobKey? key) =>
        key is null ? null : _pages.Keys.FirstOrDefault(entry => entry.Key == key.KeyHash && !IsExpired(entry));

    private bool IsExpired(KeyEntry key) => JobRetention.IsExpired(key.At, time.GetUtcNow());

    private async Task<CatalogEntry> Enter(JobSubmission submission)
    {
        // Expired keys are removed from full pages at the same time.
        IReadOnlyList<NumberedPage> changed = _pages.IsNewestFull ? [.. Remove([], IsExpired), _pages.CloseNewest()] : [];
        var entry = new CatalogEntry(submission.Id, ++state.State.LastSequence);
        state.State.Jobs.Add(entry);
        if (submission.Key is { } key) state.State.Keys.Add(new KeyEntry(key.KeyHash, key.RequestHash, submission.Id, time.GetUtcNow()));
        await Store(changed);
        _index.Add(entry);
        return entry;
    }

    /// <summary>
    /// Reads the status of every job, removes ids without a job, and queues unfinished jobs. If it fails, the next call gets a new
    /// activation, which repeats it.
    /// </summary>
    private Task ReadJobs() => this.ChangeOrDeactivate(async () =>
    {
        var unfinished = new List<QueuedJob>();
        foreach (var batch in _pages.Jobs.ToArray().Chunk(ReadBatch))
        {
            var jobs = await Task.WhenAll(batch.Select(entry => JobGrain(entry.Id).Get()));
            foreach (var (entry, job) in batch.Zip(jobs))
            {
                if (job is null) await RemoveLost(entry);
                else _index.Report(job.Id, job.Status, job.CompletedAt);
                if (job is { } known && !known.Status.IsFinal()) unfinished.Add(new QueuedJob(entry.Id, entry.Sequence));
            }
        }

        if (unfinished.Count == 0) return;
        await Queue.Enqueue(unfinished);
        Log.Recovered(logger, unfinished.Count);
    });

    /// <summary>
    /// Removes a job that was never stored or whose retention time is over. The catalogue is stored at its next write, not here.
    /// </summary>
    private async Task RemoveLost(CatalogEntry entry)
    {
        if (await JobGrain(entry.Id).Delete()) Remove([entry.Id], key => key.Job == entry.Id);
    }

    private IReadOnlyList<NumberedPage> Remove(HashSet<Guid> ids, Func<KeyEntry, bool> isDropped)
    {
        foreach (var id in ids) _index.Remove(id);
        return _pages.Remove(ids, isDropped);
    }

    /// <summary>Stores full pages first, so that each page that the stored catalogue lists exists.</summary>
    private Task Store(IReadOnlyList<NumberedPage> pages) => this.ChangeOrDeactivate(async () =>
    {
        foreach (var (number, page) in pages) await PageGrain(number).Write(page);
        await state.WriteStateAsync();
    });

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "{Count} unfinished jobs are queued.")]
        public static partial void Recovered(ILogger logger, int count);
    }
}
