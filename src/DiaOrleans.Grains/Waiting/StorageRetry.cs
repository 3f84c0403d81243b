using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DiaOrleans.Grains.Waiting;

/// <summary>
/// Repeats the writes of a run until the store accepts them, so that finished audio need not be made again, or until they have failed for
/// too long. The pauses are those of
/// <see cref="Backoff"/>. Logs one line at the first failure and one at the success after it. Several writes may run at once. Not for a
/// grain turn: after a pause the call runs on the thread pool.
/// </summary>
/// <param name="job">Id of the job, for the log.</param>
/// <param name="limit">After writes have failed for this time without a success between, a failure is thrown.</param>
/// <param name="time">Clock of the pauses.</param>
/// <param name="logger">Receives the two lines.</param>
internal sealed partial class StorageRetry(Guid job, TimeSpan limit, TimeProvider time, ILogger logger)
{
    private const long NotFailing = -1;

    private long _failingSince = NotFailing;

    /// <summary>For how long writes have failed; zero after a success.</summary>
    public TimeSpan FailingFor =>
        Interlocked.Read(ref _failingSince) is var since && since != NotFailing ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Whether the same call may succeed later: a store, a disk or a silo does not answer at the moment.</summary>
    public static bool IsTransient(Exception e) =>
        e.IsSiloFault() || e is IOException or UnauthorizedAccessException or DbException or SocketException or HttpRequestException;

    /// <summary>Calls <paramref name="write"/> until it succeeds and returns its result, or throws its last failure at the limit.</summary>
    /// <param name="what">What is written, as the subject of a log line: "The audio".</param>
    /// <param name="write">The call; it may be repeated after it failed half-way.</param>
    /// <param name="stop">Ends the attempts: the last failure or the cancellation is thrown.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> ended a pause.</exception>
    /// <remarks>Throws what <paramref name="write"/> throws if it is not <see cref="IsTransient"/>.</remarks>
    public async Task<T> Execute<T>(string what, Func<Task<T>> write, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var first = WriteOnce(write);
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The first attempt needs no pipeline, which takes longer to make than most writes.
        var result = first.IsCompletedSuccessfully ? await first : await Repeat(what, first, write, stop);
        Interlocked.Exchange(ref _failingSince, NotFailing);
        return result;
    }

    /// <inheritdoc cref="Execute{T}"/>
    public Task Execute(string what, Func<Task> write, CancellationToken stop) => Execute(what, () => WithResult(write()), stop);

    /// <param name="what">What is written.</param>
    /// <param name="first">The attempt that has failed.</param>
    /// <param name="write">Makes another attempt.</param>
    /// <param name="stop">Ends the attempts.</param>
    private async Task<T> Repeat<T>(string what, Task<T> first, Func<Task<T>> write, CancellationToken stop)
    {
        var failures = 0;
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = failure => ValueTask.FromResult(failure.Outcome.Exception is { } cause && MayRepeat(cause)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = Backoff.Shortest,
                MaxDelay = Backoff.Longest,
                OnRetry = failure =>
                {
                    if (failures++ == 0) Log.NotStored(logger, failure.Outcome.Exception!, job, what);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        var result = await pipeline.ExecuteAsync(async _ => await (failures == 0 ? first : WriteOnce(write)), stop);
        Log.Stored(logger, job, what, failures);
        return result;
    }

    private bool MayRepeat(Exception cause)
    {
        if (!IsTransient(cause)) return false;
        Interlocked.CompareExchange(ref _failingSince, time.GetTimestamp(), NotFailing);
        return FailingFor < limit;
    }

    /// <summary>Fails as a task whatever way the write fails.</summary>
    private static async Task<T> WriteOnce<T>(Func<Task<T>> write) => await write();

    private static async Task<bool> WithResult(Task write)
    {
        await write;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(901, LogLevel.Warning, "{What} of job {Job} cannot be stored; it stays in memory and is written again until it is.")]
        public static partial void NotStored(ILogger logger, Exception cause, Guid job, string what);

        [LoggerMessage(902, LogLevel.Information, "{What} of job {Job} is stored after {Failures} failures.")]
        public static partial void Stored(ILogger logger, Guid job, string what, int failures);
    }
}
