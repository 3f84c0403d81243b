using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Workers;

/// <summary>The events of work at a worker, with a limit for the wait for each.</summary>
internal sealed class WatchedWork
{
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<WorkEvent> _events;
    private readonly TimeProvider _time;
    private Task<bool>? _next;

    /// <param name="worker">The worker that has admitted the work.</param>
    /// <param name="work">Its id.</param>
    /// <param name="time">Clock of the limit.</param>
    /// <param name="stop">Ends the following; the work goes on.</param>
    public WatchedWork(IGpuWorkerGrain worker, Guid work, TimeProvider time, CancellationToken stop)
    {
        _time = time;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _events = worker.FollowToEnd(work, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>The next event; null if none has come within the limit: then the call may be repeated.</summary>
    /// <exception cref="InvalidOperationException">The last event was returned before.</exception>
    public async ValueTask<WorkEvent?> Next(TimeSpan limit)
    {
        if (_next is null)
        {
            var moving = _events.MoveNextAsync();
            if (!moving.IsCompleted) _next = moving.AsTask();
            else return Current(await moving);
        }

        await _next.WaitUpTo(limit, _time);
        if (!_next.IsCompleted) return null;
        var moved = await _next;
        _next = null;
        return Current(moved);
    }

    /// <summary>Ends the following. Does not wait for the worker, which may not answer.</summary>
    public void Leave() => _ = End();

    private WorkEvent Current(bool moved) => moved ? _events.Current : throw new InvalidOperationException("The work has ended.");

    private async Task End()
    {
        await _stop.CancelAsync();
        // An enumerator must not be disposed of while it moves.
        if (_next is { } next) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _events.DisposeAsync();
        }
        catch (Exception e) when (e.IsSiloFault() || e is OperationCanceledException)
        {
            // The worker's silo ends the enumeration by itself.
        }

        _stop.Dispose();
    }
}
