using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Waiting;

/// <summary>Repeats what a store or a disk refuses for now, with growing pauses, so that what is at hand need not be made again.</summary>
/// <param name="job">Named in the log.</param>
/// <param name="time">Of the pauses.</param>
/// <param name="logger">Hears when trouble begins and when it is over.</param>
internal sealed partial class StorageRetry(Guid job, TimeProvider time, ILogger logger)
{
    /// <summary>Whether the same call may succeed later: a store, a disk or a silo that does not answer now.</summary>
    public static bool IsPassing(Exception e) =>
        e is OrleansException or TimeoutException or IOException or UnauthorizedAccessException or DbException or SocketException or HttpRequestException;

    /// <summary>The answer of the first call that works. Other than passing faults are thrown, and so is a fault after <paramref name="stop"/>.</summary>
    /// <param name="what">What is written, for the log.</param>
    /// <param name="write">May be called again after it failed half-way.</param>
    /// <param name="stop">Ends the tries.</param>
    public async Task<T> Until<T>(string what, Func<Task<T>> write, CancellationToken stop)
    {
        for (var backoff = new Backoff(); ;)
        {
            try
            {
                var answer = await write();
                if (backoff.InTrouble) Log.Stored(logger, job, what, backoff.Failures);
                return answer;
            }
            catch (Exception e) when (IsPassing(e) && !stop.IsCancellationRequested)
            {
                if (!backoff.InTrouble) Log.NotStored(logger, e, job, what);
                await Task.Delay(backoff.Next(), time, stop);
            }
        }
    }

    /// <inheritdoc cref="Until{T}"/>
    public Task Until(string what, Func<Task> write, CancellationToken stop) => Until(what, () => Answered(write()), stop);

    private static async Task<bool> Answered(Task write)
    {
        await write;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{What} of job {Job} cannot be stored; it is kept and tried again until it can.")]
        public static partial void NotStored(ILogger logger, Exception cause, Guid job, string what);

        [LoggerMessage(2, LogLevel.Information, "{What} of job {Job} is stored after {Failures} failures.")]
        public static partial void Stored(ILogger logger, Guid job, string what, int failures);
    }
}
