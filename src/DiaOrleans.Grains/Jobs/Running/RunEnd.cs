using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Audio.Memory;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Jobs.Running;

/// <summary>
/// How a run ends: with audio, with an error, or given back. A failing store or disk does not end it at once: it keeps its audio and writes
/// again until the write succeeds, the job is cancelled or leased again, the server stops, or the limit of retries is over.
/// </summary>
/// <param name="lease">The lease of the run.</param>
/// <param name="services">What runs use.</param>
/// <param name="writes">Repeats writes of the run.</param>
internal sealed partial class RunEnd(JobLease lease, JobRunServices services, StorageRetry writes)
{
    private static readonly TimeSpan KeepLimit = TimeSpan.FromSeconds(5);

    private readonly IJobGrain _job = services.Job(lease);
    private readonly IJobQueueGrain _queue = services.Queue(lease);

    /// <summary>Whether the same run may succeed later or elsewhere.</summary>
    public static bool IsTransient(Exception e) => StorageRetry.IsTransient(e) || e is RenderException { Passing: true };

    /// <summary>Sets the job to processing.</summary>
    public async Task Begin(JobStart start, CancellationToken stop)
    {
        if (!await writes.Execute("The start", () => _job.Begin(lease.Token, start), stop)) return;
        services.Leases.Begun(lease);
        // The queue counts it at once; if this call fails, the next renewal tells the same.
        await TryOnce(() => _queue.Renew([new HeldLease(lease, Begun: true)]));
    }

    /// <summary>Writes the audio, then completes the job. Deletes the audio if the job has ended or another lease holds it.</summary>
    /// <param name="audio">The audio, in pieces that the caller does not use any more.</param>
    /// <param name="format">Its format.</param>
    /// <param name="before">What must have ended before the job is complete.</param>
    /// <param name="stop">Ends the attempts to store it.</param>
    public async Task<RunResult> Publish(
        IReadOnlyList<ReadOnlyMemory<byte>> audio,
        string format,
        Task before,
        CancellationToken stop)
    {
        var result = new JobResult(JobResults.GetKey(lease, format), audio.Sum(piece => (long)piece.Length));
        await writes.Execute("The audio", () => services.Blobs.Write(result.Key, audio, stop), stop);
        AudioPieces.GiveBackAll(audio);
        await before;
        var completed = await writes.Execute("The end", () => _job.Complete(lease.Token, result), stop);
        if (!completed) await TryOnce(() => services.Blobs.Delete(result.Key, CancellationToken.None));
        return completed ? await LeaveQueue() : RunResult.Stopped;
    }

    /// <summary>Ends the job with an error.</summary>
    /// <param name="error">A sentence for the client.</param>
    /// <param name="stop">Ends the attempts to store it.</param>
    public async Task<RunResult> Fail(string error, CancellationToken stop) =>
        await writes.Execute("The end", () => _job.Fail(lease.Token, error), stop) ? await LeaveQueue() : RunResult.Stopped;

    /// <summary>Removes the job, which has ended, from the queue. If the call fails, a later lease removes it.</summary>
    public async Task<RunResult> LeaveQueue()
    {
        await TryOnce(() => _queue.Complete(lease));
        return RunResult.Done;
    }

    /// <summary>Stores what the run has made of its segment, within 5 s. If that fails, the segment is made again.</summary>
    public Task KeepMade() => TryOnce(() => _job.KeepMade(lease.Token).WaitAsync(KeepLimit, services.Time));

    /// <summary>Takes the counted start back and ends the lease. If a call fails, the lease expires instead.</summary>
    /// <param name="fault">The fault that the run met; null if it met none.</param>
    /// <returns>Whether the job has ended, because it has met faults for too long.</returns>
    public async Task<bool> GiveBack(RunFault? fault)
    {
        var released = new JobRelease(HasEnded: false, TimeSpan.Zero);
        await TryOnce(async () => released = await _job.Release(lease.Token, fault));
        await TryOnce(() => released.HasEnded ? _queue.Complete(lease) : _queue.Release(lease, released.Pause, newestToken: 0));
        return released.HasEnded;
    }

    /// <summary>Ends a lease whose token is older than one that the job has seen.</summary>
    public Task GiveBackOutdated(long newestToken) => TryOnce(() => _queue.Release(lease, TimeSpan.Zero, newestToken));

    private async Task TryOnce(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (IsTransient(e))
        {
            Log.NotStored(services.Logger, e, lease.JobId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(205, LogLevel.Debug, "The end of a run of job {Job} is not stored: its lease expires or a cleanup follows.")]
        public static partial void NotStored(ILogger logger, Exception cause, Guid job);
    }
}
