using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Logs;

/// <summary>
/// Adds the entries of requests whose clients wait to the generation log, one after another, so that no client waits for a log that does
/// not answer. What waits is written before the silo stops, if that takes a few seconds at most. Thread-safe.
/// </summary>
/// <param name="grains">Calls the log.</param>
/// <param name="time">Clock of the attempts.</param>
/// <param name="logger">Receives what is not written.</param>
internal sealed partial class LogWriter(IGrainFactory grains, TimeProvider time, ILogger<LogWriter> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>As many entries as the log has; further ones are dropped.</summary>
    public const int MaxWaiting = 10_000;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _last = Task.CompletedTask;
    private int _waiting;
    private bool _isStopping;

    /// <summary>Takes an entry and returns at once.</summary>
    /// <returns>Ends when the entry is in the log, or was given up.</returns>
    public Task Add(GenerationEntry entry)
    {
        lock (_gate)
        {
            if (!_isStopping && _waiting < MaxWaiting) return _last = WriteAfter(_last, entry);
        }

        Log.Dropped(logger, entry.Id);
        return Task.CompletedTask;
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LogWriter), ServiceLifecycleStage.Active, _ => Task.CompletedTask, Stop);

    private async Task Stop(CancellationToken cancellationToken)
    {
        lock (_gate) _isStopping = true;
        await _last.WaitUpTo(StopLimit, time, cancellationToken);
        await _stop.CancelAsync();
    }

    private async Task WriteAfter(Task before, GenerationEntry entry)
    {
        Interlocked.Increment(ref _waiting);
        await before;
        await Write(entry);
        Interlocked.Decrement(ref _waiting);
    }

    private async Task Write(GenerationEntry entry)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await grains.GetGrain<IGenerationLogGrain>(0).Note(entry);
                return;
            }
            catch (Exception e)
            {
                if (!StorageRetry.IsTransient(e) || _stop.IsCancellationRequested)
                {
                    Log.NotWritten(logger, e, entry.Id);
                    return;
                }

                if (!backoff.IsFailing) Log.Waits(logger, e, entry.Id);
            }

            await Task.Delay(backoff.Next(), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(304, LogLevel.Warning, "The log entry of request {Request} cannot be written; it is written again until it is.")]
        public static partial void Waits(ILogger logger, Exception cause, string request);

        [LoggerMessage(305, LogLevel.Warning, "The log entry of request {Request} is not written.")]
        public static partial void NotWritten(ILogger logger, Exception cause, string request);

        [LoggerMessage(306, LogLevel.Warning, "The log entry of request {Request} is dropped: too many wait, or the silo stops.")]
        public static partial void Dropped(ILogger logger, string request);
    }
}
