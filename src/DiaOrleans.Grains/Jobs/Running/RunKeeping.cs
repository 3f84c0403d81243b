using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>
/// Keeps the finished segments of a run at its job. Those that cannot be stored are tried again at the end of the next segment: the run
/// goes on without, and a later run would make them again.
/// </summary>
/// <param name="lease">The lease of the run.</param>
/// <param name="services">What runs use.</param>
/// <param name="writes">Repeats writes of the run.</param>
internal sealed partial class RunKeeping(JobLease lease, JobRunServices services, StorageRetry writes) : IRenderKeeping
{
    private readonly IJobGrain _job = services.Job(lease);
    private readonly Queue<(int Segment, SegmentCodes Codes)> _unkept = [];

    /// <summary>Ends when no write of a segment runs. Never fails.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Whether earlier runs have made nothing.</summary>
    public bool FindsNothing { private get; set; }

    /// <summary>Whether a segment of this run is stored.</summary>
    public bool HasKept { get; private set; }

    public Task<SegmentCodes?> Find(int segment) =>
        FindsNothing ? Task.FromResult<SegmentCodes?>(null) : _job.FindSegment(segment);

    public void Keep(int segment, SegmentCodes codes) => Ended = KeepAfter(Ended, segment, codes);

    /// <summary>Ends when all is stored that was to be <see cref="StoreLater"/>.</summary>
    /// <exception cref="OrleansException">It could not be stored within the limit.</exception>
    public Task Later { get; private set; } = Task.CompletedTask;

    public Task<T> Store<T>(string what, Func<Task<T>> write, CancellationToken stop) => writes.Execute(what, write, stop);

    public void StoreLater(string what, Func<Task> write, CancellationToken stop) =>
        Later = Task.WhenAll(Later, writes.Execute(what, write, stop));

    private async Task KeepAfter(Task before, int segment, SegmentCodes codes)
    {
        await before;
        _unkept.Enqueue((segment, codes));
        try
        {
            while (_unkept.TryPeek(out var next))
            {
                HasKept |= await _job.KeepSegment(lease.Token, next.Segment, next.Codes);
                _unkept.Dequeue();
            }
        }
        catch (Exception e) when (StorageRetry.IsTransient(e))
        {
            Log.NotKept(services.Logger, e, segment, lease.JobId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(211, LogLevel.Warning, "Segment {Segment} of job {Job} cannot be stored; the job goes on.")]
        public static partial void NotKept(ILogger logger, Exception cause, int segment, Guid job);
    }
}
