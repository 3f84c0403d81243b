using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Jobs.Submission;

/// <summary>Background jobs as a client uses them: submit, find, watch, list, cancel, clear, read results.</summary>
public sealed class JobService
{
    private readonly IGrainFactory _grains;
    private readonly IBlobStore _blobs;
    private readonly JobQueues _queues;
    private readonly JobSubmitter _submitter;

    // An activation that another one has replaced refuses the call; the next one answers it.
    private readonly CallRetry _reads;

    /// <param name="grains">Calls the grains of jobs.</param>
    /// <param name="blobs">Holds the results.</param>
    /// <param name="options">Number of the queue's shards.</param>
    /// <param name="time">Clock of the pauses between attempts.</param>
    public JobService(IGrainFactory grains, IBlobStore blobs, JobOptions options, TimeProvider time)
    {
        _grains = grains;
        _blobs = blobs;
        _queues = new JobQueues(grains, options);
        _submitter = new JobSubmitter(grains, _queues, time);
        _reads = new CallRetry(TimeSpan.FromMilliseconds(100), time);
    }

    /// <summary>Accepts the job, or says why not. An accepted job is stored and survives the end of any process.</summary>
    /// <param name="request">The request, validated.</param>
    /// <param name="idempotencyKey">The client's key, or null: the same key with the same request within an hour is the same job.</param>
    /// <param name="voice">Id of the voice, if the request names it by an alias; else null.</param>
    /// <exception cref="OrleansException">Three attempts failed.</exception>
    /// <exception cref="TimeoutException">Three attempts failed.</exception>
    public Task<JobAcceptance> Submit(SpeechRequest request, string? idempotencyKey = null, string? voice = null) =>
        _submitter.Submit(request, idempotencyKey, voice);

    /// <summary>The job; null if there is none or its retention time is over.</summary>
    public async Task<Job?> Find(Guid id) => await Read(() => Grain(id).Get());

    /// <summary>Waits for a newer revision than <paramref name="known"/>, 20 s at most; null if there is no such job.</summary>
    public async Task<JobRevision?> Watch(Guid id, long known, TimeSpan upTo, CancellationToken cancellation) =>
        await Read(() => Grain(id).Watch(known, upTo, cancellation));

    /// <summary>Lists jobs.</summary>
    /// <param name="status">Only jobs of this status; null for all.</param>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    /// <param name="offset">Number of jobs to leave out at the start of the list, 0 or more.</param>
    /// <param name="order">The order of the list.</param>
    public async Task<JobPage> List(
        SpeechStatus? status,
        int limit,
        int offset = 0,
        JobOrder order = JobOrder.Newest)
    {
        var listing = () => order == JobOrder.Newest ? ListNewest(status, offset + limit) : ListByQueue(status, offset + limit);
        var (listed, counts) = await Read(async () => (await listing(), await Count()));
        var jobs = await Task.WhenAll(listed.Distinct().Skip(offset).Take(limit).Select(Find));
        return new JobPage([.. jobs.OfType<Job>().Where(job => status is null || job.Status == status)], counts.Total, counts);
    }

    /// <summary>The number of jobs of each status.</summary>
    public async Task<JobCounts> Count() => await Read(() => _grains.CountJobs(_queues));

    /// <summary>Cancels the job unless it has ended; null if there is none. A running job stops within a second.</summary>
    public async Task<JobCancellation?> Cancel(Guid id) => await Read(() => Grain(id).Cancel());

    /// <summary>
    /// Removes all jobs that have ended, with their results, and returns their number, or fewer if a call had to be repeated.
    /// </summary>
    public async Task<int> Clear() => await Read(() => _grains.ClearEndedJobs(null));

    /// <summary>A completed job's audio file; null if the job has no result or its file is gone.</summary>
    public Task<OpenBlob?> OpenResult(Job job, CancellationToken cancellation) =>
        job.Result is { } result ? _blobs.OpenRead(result.Key, cancellation) : Task.FromResult<OpenBlob?>(null);

    private static IEnumerable<Guid> NewestFirst(IEnumerable<ListedJob> jobs) =>
        jobs.OrderByDescending(job => job.Sequence).Select(job => job.Id);

    private IJobGrain Grain(Guid id) => _grains.GetGrain<IJobGrain>(id);

    private Task<T> Read<T>(Func<Task<T>> call) => _reads.Execute(call);

    /// <summary>Ids of jobs that may have the status, newest first. A job that ends meanwhile is in a queue and in the catalogue.</summary>
    private async Task<IEnumerable<Guid>> ListNewest(SpeechStatus? status, int limit) =>
        NewestFirst((await ListQueued(status, limit)).Concat(await ListEnded(status, limit)));

    /// <summary>
    /// Ids of jobs that may have the status: those that run, those that wait, oldest first, and the ended ones, newest first.
    /// </summary>
    private async Task<IEnumerable<Guid>> ListByQueue(SpeechStatus? status, int limit)
    {
        var isAny = status is null;
        var running = isAny || status == SpeechStatus.Processing ? await ListOldest(SpeechStatus.Processing, limit) : [];
        var waiting = isAny || status == SpeechStatus.Pending ? await ListOldest(SpeechStatus.Pending, limit) : [];
        return running.Concat(waiting).Concat(NewestFirst(await ListEnded(status, limit)));
    }

    private async Task<IEnumerable<Guid>> ListOldest(SpeechStatus status, int limit) =>
        (await FromQueues(queue => queue.ListOldest(status, limit))).OrderBy(job => job.Sequence).Take(limit).Select(job => job.Id);

    private Task<IEnumerable<ListedJob>> ListQueued(SpeechStatus? status, int limit) => FromQueues(queue => queue.List(status, limit));

    private async Task<IEnumerable<ListedJob>> FromQueues(Func<IJobQueueGrain, Task<IReadOnlyList<ListedJob>>> list) =>
        (await Task.WhenAll((await _queues.All()).Select(list))).SelectMany(jobs => jobs);

    private async Task<IEnumerable<ListedJob>> ListEnded(SpeechStatus? status, int limit) =>
        (await Task.WhenAll(_grains.JobCatalogs().Select(catalog => catalog.List(status, limit)))).SelectMany(jobs => jobs);
}
