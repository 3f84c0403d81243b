using System.Threading.Channels;
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

    private readonly Channel<WaitingEntry> _waiting = Channel.CreateBounded<WaitingEntry>(MaxWaiting);
    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;

    /// <summary>Takes an entry and returns at once.</summary>
    /// <returns>Ends when the entry is in the log, or was given up.</returns>
    public Task Add(GenerationEntry entry)
    {
        var waiting = new WaitingEntry(entry, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_waiting.Writer.TryWrite(waiting)) return waiting.Written.Task;
        Log.Dropped(logger, entry.Id);
        return Task.CompletedTask;
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LogWriter), ServiceLifecycleStage.Active, Start, Stop);

    private Task Start(CancellationToken cancellationToken)
    {
        _writing = Task.Run(KeepWriting, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task Stop(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await _writing.WaitUpTo(StopLimit, time, cancellationToken);
        await _stop.CancelAsync();
    }

    private async Task KeepWriting()
    {
        await foreach (var (entry, written) in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            await Write(entry);
            written.SetResult();
        }
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

    private readonly record struct WaitingEntry(GenerationEntry Entry, TaskCompletionSource Written);

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
