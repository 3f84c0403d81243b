namespace DiaOrleans.Grains.Waiting;

/// <summary>Waits and work with a time limit, on a clock that tests can set.</summary>
internal static class TimeLimits
{
    /// <summary>
    /// Returns when the task has ended, with or without an error, after <paramref name="limit"/>, or when cancelled. Never throws.
    /// </summary>
    public static async Task WaitUpTo(this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken = default) =>
        await task.WaitAsync(limit, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Runs <paramref name="work"/> and cancels it after <paramref name="limit"/>.</summary>
    /// <param name="limit">How long the work may take.</param>
    /// <param name="time">Clock of the limit.</param>
    /// <param name="work">The work; it must observe its token.</param>
    /// <param name="timedOut">Makes the exception to throw if the limit has cancelled the work.</param>
    /// <param name="cancellationToken">Cancels the work early.</param>
    public static async Task<T> Run<T>(
        TimeSpan limit,
        TimeProvider time,
        Func<CancellationToken, Task<T>> work,
        Func<Exception> timedOut,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await work(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            throw timedOut();
        }
    }
}
