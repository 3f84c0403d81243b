namespace DiaOrleans.Grains.Waiting;

/// <summary>A sequence of events that another silo sends, with a limit for the wait for each.</summary>
internal sealed class WatchedEvents<T> where T : class
{
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<T> _events;
    private readonly TimeProvider _time;
    private Task<bool>? _next;

    /// <param name="open">Opens the sequence.</param>
    /// <param name="time">Clock of the limit.</param>
    /// <param name="stop">Ends the following.</param>
    public WatchedEvents(Func<CancellationToken, IAsyncEnumerable<T>> open, TimeProvider time, CancellationToken stop)
    {
        _time = time;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _events = open(_stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>The next event; null if none has come within the limit: then the call may be repeated.</summary>
    /// <exception cref="InvalidOperationException">The last event was returned before.</exception>
    public async ValueTask<T?> Next(TimeSpan limit)
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

    /// <summary>Ends the following. Does not wait for the other silo, which may not answer.</summary>
    public void Leave() => _ = End();

    private T Current(bool moved) => moved ? _events.Current : throw new InvalidOperationException("The events have ended.");

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
            // The other silo ends the enumeration by itself.
        }

        _stop.Dispose();
    }
}
