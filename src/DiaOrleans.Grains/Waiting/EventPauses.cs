using System.Runtime.CompilerServices;

namespace DiaOrleans.Grains.Waiting;

/// <summary>Finds pauses in a sequence of events.</summary>
internal static class EventPauses
{
    /// <summary>The items as they come, and null each time that none has come for a period.</summary>
    /// <param name="items">No null is among them. They are read by one enumerator, which is cancelled at the end.</param>
    /// <param name="period">Length of a pause.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="stop">Ends the reading.</param>
    public static async IAsyncEnumerable<T?> WithPauses<T>(
        this IAsyncEnumerable<T> items,
        TimeSpan period,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken stop) where T : class
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var all = items.GetAsyncEnumerator(end.Token);
        var next = Task.FromResult(false);
        try
        {
            while (true)
            {
                var moving = all.MoveNextAsync();
                if (!moving.IsCompleted)
                {
                    next = moving.AsTask();
                    while (true)
                    {
                        await next.WaitUpTo(period, time, stop);
                        if (next.IsCompleted || stop.IsCancellationRequested) break;
                        yield return null;
                    }

                    if (!await next) yield break;
                }
                else if (!await moving)
                {
                    yield break;
                }

                yield return all.Current;
            }
        }
        finally
        {
            // An enumerator must not be disposed of while it moves.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await all.DisposeAsync();
        }
    }
}
